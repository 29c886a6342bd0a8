/** A launcher of workers over the connection to one node's agent. */
import { createWriteStream, type WriteStream } from "node:fs";
import { join } from "node:path";
import { after, showDuration } from "@hyperion-ts/bounds";
import { openOwnFile } from "@hyperion-ts/own-files";
import { startDirectory } from "@hyperion-ts/remote";
import type { CommandSession } from "@hyperion-ts/transport";
import { type FolderName, newServiceId, type NodeMeasure, type WorkerConfig } from "@hyperion-ts/wire";
import { checkRequest } from "./check-options.ts";
import { gpuVariablesFor } from "../shared/gpu-variables.ts";
import { HeadWorker, type MemoryShare } from "./head-worker.ts";
import type { AgentSettings } from "./agent-settings.ts";
import type { AgentConnection, NodePlace } from "./agent-connection.ts";
import type { NodeLauncher, NodeLauncherOptions } from "./node-launcher.ts";
import { connectAgent, type ExpectedAgent } from "./connect-agent.ts";
import { RUNTIME_OPTIONS, workerProgram } from "./program-file.ts";
import { optionsForWorkers } from "./program-options.ts";
import { threadVariables } from "./thread-variables.ts";
import { LaunchError } from "../errors.ts";
import type { LaunchedWorker, LaunchRequest } from "./worker-launcher.ts";

/** How long the end of a worker that was killed may take, in milliseconds. */
const LAST_WORDS_MS = 2_000;

/**
 * Makes a launcher of the session that the `expected` agent runs in; ends the session when that fails.
 *
 * @throws as `connectAgent` does
 */
export async function openAgentLauncher(
  session: CommandSession,
  expected: ExpectedAgent,
  logDir: string,
  options: NodeLauncherOptions,
): Promise<NodeLauncher> {
  try {
    keepLog(session, join(logDir, `${newServiceId()}.log`));
    const agent = await connectAgent(session, expected);
    return new AgentLauncher(agent, logDir, expected.settings, options);
  } catch (error) {
    session.kill();
    await session[Symbol.asyncDispose]();
    throw error;
  }
}

class AgentLauncher implements NodeLauncher {
  readonly node: string;
  readonly host: NodeLauncher["host"];
  readonly lost: Promise<string>;
  readonly placed: Promise<NodePlace>;
  readonly #agent: AgentConnection;
  readonly #logDir: string;
  readonly #connectTimeoutMs: number;
  readonly #folderNames: readonly FolderName[];
  readonly #options: NodeLauncherOptions;

  constructor(
    agent: AgentConnection,
    logDir: string,
    { times, surroundings }: AgentSettings,
    options: NodeLauncherOptions,
  ) {
    this.node = agent.node;
    this.host = agent.hello;
    this.lost = agent.lost;
    this.placed = agent.placed;
    this.#agent = agent;
    this.#logDir = logDir;
    this.#connectTimeoutMs = times.connectTimeoutMs;
    this.#folderNames = surroundings?.folderNames ?? [];
    this.#options = options;
  }

  async launch(request: LaunchRequest): Promise<LaunchedWorker> {
    checkRequest(request);
    const serviceId = newServiceId();
    const cpuIds = request.cpuIds ?? [];
    const logFile = join(this.#logDir, `${serviceId}.log`);
    const worker = new HeadWorker(
      this.#agent,
      { serviceId, node: this.node, cpuIds, logFile },
      this.#options,
      memoryShare(request),
    );
    const config: WorkerConfig = {
      serviceId,
      node: this.node,
      cpuCount: request.cpuCount ?? 1,
      cpuIds,
      gpuIds: request.gpuIds ?? [],
      folderNames: this.#folderNames,
    };
    const channel = this.#agent.start(
      {
        command: [this.#options.nodePath ?? process.execPath, ...optionsOfWorker(request), workerProgram],
        config,
        logFile,
        env: {
          ...threadVariables(config.cpuCount, process.env),
          ...(request.gpuIds === undefined ? {} : gpuVariablesFor(request.gpuIds, this.host.gpuVariables, process.env)),
        },
        pinTo: request.pin === true ? (request.pinTo ?? cpuIds) : null,
        memoryMb: request.memoryMb ?? null,
        retire: (request.retire ?? []).flatMap((idle) => (idle instanceof HeadWorker ? idle.channelNumber : [])),
      },
      worker,
      this.#options.maxResultBytes,
    );
    worker.attach(channel);
    await this.#untilReady(worker);
    return worker;
  }

  measure(): Promise<NodeMeasure | undefined> {
    return this.#agent.measure();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#agent[Symbol.asyncDispose]();
  }

  async #untilReady(worker: HeadWorker): Promise<void> {
    const why = `it was not ready within ${showDuration(this.#connectTimeoutMs)}`;
    const late = Promise.withResolvers<never>();
    using timers = new DisposableStack();
    const giveUp = (): void => {
      // The worker's end says more, if it comes.
      worker.giveUp(why);
      timers.use(
        after(LAST_WORDS_MS, () =>
          late.reject(
            new LaunchError(this.node, `a worker on ${this.node}: ${why}, and can't be ended (log: ${worker.logFile})`),
          ),
        ),
      );
    };
    timers.use(after(this.#connectTimeoutMs, giveUp));
    await Promise.race([worker.ready, late.promise]);
  }
}

const memoryShare = ({ memoryMb = Infinity, overMemory = () => undefined }: LaunchRequest): MemoryShare => ({
  memoryMb,
  over: overMemory,
});

/** The runtime's options for a worker: those of the program, then ours, because of two the last one counts. */
const optionsOfWorker = ({ memoryMb }: LaunchRequest): string[] => [
  ...optionsForWorkers(process.execArgv, { share: memoryMb !== undefined, startDirectory }),
  ...RUNTIME_OPTIONS,
  ...(memoryMb === undefined ? [] : [`--max-old-space-size=${memoryMb}`]),
];

/** Writes what the agent logs to a file. That this fails (a full disk) is no reason to lose the node. */
function keepLog({ stderr }: CommandSession, file: string): void {
  const log = openLog(file);
  if (log === undefined) return void stderr.resume();
  log.on("error", () => undefined);
  stderr.on("data", (chunk: Buffer) => log.write(chunk));
  stderr.on("close", () => log.end());
}

function openLog(file: string): WriteStream | undefined {
  try {
    return createWriteStream(file, { fd: openOwnFile(file) });
  } catch {
    return undefined;
  }
}
