/**
 * Launchers of workers on one node, through an agent that a command runner starts there.
 * (Hyperion.Job: workerLauncherWithRunCmd, withNodeLauncher.)
 */
import { createWriteStream, mkdirSync } from "node:fs";
import { join } from "node:path";
import { AgentLaunchedWorker } from "./launched-worker.ts";
import { connectAgent } from "./connect-agent.ts";
import type { AgentHello, AgentTimes, NodeAgent } from "./node-agent.ts";
import { agentProgram, workerProgram } from "./program-file.ts";
import { type Command, type RunningCommand, runCmdLocalAsync } from "./run-command.ts";
import { newServiceId } from "@hyperion-ts/wire";
import { threadVariables } from "./thread-variables.ts";
import type { WorkerAddr } from "./worker-addr.ts";
import { nodeName } from "./worker-addr.ts";
import { LaunchError } from "./worker-death.ts";
import type { LaunchedWorker, LaunchRequest, WorkerLauncher } from "./worker-launcher.ts";
import type { WorkerConfig } from "./worker/worker-config.ts";

/** Runs a command somewhere and hands back its standard streams: `runCmdLocalAsync`, or a way to another machine. */
export type RunCmd = (command: Command) => Promise<RunningCommand>;

/** A launcher of workers on one node. Disposing of it ends its agent and all its workers. */
export interface NodeLauncher extends WorkerLauncher, AsyncDisposable {
  readonly node: string;
  /** What the agent found out about the node. */
  readonly host: Pick<AgentHello, "hostname" | "nodeVersion" | "allowedCpus" | "onlineCpus" | "canPin" | "memoryMb">;
  /** Resolves with the reason when the node is lost or the launcher was disposed of. */
  readonly lost: Promise<string>;
}

/** Names, times and limits of the connection to one node; each has a default. */
export interface NodeLauncherOptions extends Partial<AgentTimes> {
  /** The node's name in messages and results. Default `"localhost"`. */
  readonly node?: string;
  /** After so long without a sign of the head the agent ends, in milliseconds; null: only when its input ends. Default 10,000. */
  readonly headSilenceMs?: number | null;
  /** Where compiled code is kept between starts of workers. Default: nowhere. */
  readonly compileCache?: string;
  /** The largest result that is taken in, in bytes. Default: no limit. */
  readonly maxResultBytes?: number;
}

/** Where logs go and how a node is reached. */
export interface NodeLauncherConfig extends Omit<NodeLauncherOptions, "node"> {
  /** The node's log directory; the workers' log files are in it. Must be the same path on the node. */
  readonly logDir: string;
}

/**
 * A launcher from any command runner: starts one agent with it, and workers through the agent. The log files
 * `<service id>.log` are in `logDir`. Throws a `LaunchError` when the agent does not come up.
 *
 * @example
 * await using launcher = await workerLauncherWithRunCmd("./logs", runCmdLocalAsync);
 * await using worker = await launcher.launch({ cpuCount: 2 });
 * const four = await worker.call(square, 2);
 */
export async function workerLauncherWithRunCmd(logDir: string, runCmd: RunCmd, options: NodeLauncherOptions = {}): Promise<NodeLauncher> {
  mkdirSync(logDir, { recursive: true, mode: 0o700 });
  const node = options.node ?? "localhost";
  const running = await runCmd({ argv: [process.execPath, agentProgram, ...compileCacheOf(options)], streams: "pipes" }).catch((cause: unknown) => {
    throw new LaunchError(node, `the agent on ${node}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  });
  keepLog(running, join(logDir, `${newServiceId()}.log`));
  try {
    const times = timesOf(options);
    const agent = await connectAgent(node, running, times, options.headSilenceMs === undefined ? times.silenceMs : options.headSilenceMs);
    return new AgentLauncher(agent, logDir, times, options);
  } catch (error) {
    await running[Symbol.asyncDispose]();
    throw error;
  }
}

/** Writes what the agent logs to a file. That this fails (a full disk) is no reason to lose the node. */
function keepLog({ stderr }: RunningCommand, file: string): void {
  const log = createWriteStream(file, { flags: "a", mode: 0o600 });
  log.on("error", () => undefined);
  stderr?.on("data", (chunk: Buffer) => log.write(chunk));
  stderr?.on("close", () => log.end());
}

/** The times of `options`, with defaults. */
const timesOf = (options: Partial<AgentTimes>): AgentTimes => ({
  connectTimeoutMs: options.connectTimeoutMs ?? 30_000,
  heartbeatMs: options.heartbeatMs ?? 2_000,
  silenceMs: options.silenceMs ?? 10_000,
  endGraceMs: options.endGraceMs ?? 200,
});

/** Connects to a node; see `withNodeLauncher` for the form that can't leak. Throws a `LaunchError`. */
export async function openNodeLauncher(config: NodeLauncherConfig, addr: WorkerAddr): Promise<NodeLauncher> {
  switch (addr.type) {
    case "LocalHost":
      // A local pipe can't be cut: the end of the agent's input says all that there is to know of the head.
      return workerLauncherWithRunCmd(config.logDir, runCmdLocalAsync, { headSilenceMs: null, ...config, node: nodeName(addr) });
    default:
      return addr.type satisfies never;
  }
}

/** Connects to a node, hands the launcher to `use`, and ends everything on the node afterwards. `use` gets null when the node could not be reached. */
export async function withNodeLauncher<A>(config: NodeLauncherConfig, addr: WorkerAddr, use: (launcher: NodeLauncher | null) => Promise<A>): Promise<A> {
  const opened = await openNodeLauncher(config, addr).catch((error: unknown) => {
    if (error instanceof LaunchError) return null;
    throw error;
  });
  // Outside of the attempt to connect: an error of `use` is its own.
  await using launcher = opened;
  return await use(launcher);
}

class AgentLauncher implements NodeLauncher {
  readonly node: string;
  readonly host: NodeLauncher["host"];
  readonly lost: Promise<string>;
  readonly #agent: NodeAgent;
  readonly #logDir: string;
  readonly #times: AgentTimes;
  readonly #options: NodeLauncherOptions;

  constructor(agent: NodeAgent, logDir: string, times: AgentTimes, options: NodeLauncherOptions) {
    this.node = agent.node;
    this.host = agent.hello;
    this.lost = agent.lost;
    this.#agent = agent;
    this.#logDir = logDir;
    this.#times = times;
    this.#options = options;
  }

  async launch(request: LaunchRequest): Promise<LaunchedWorker> {
    const serviceId = newServiceId();
    const cpuIds = request.cpuIds ?? [];
    const logFile = join(this.#logDir, `${serviceId}.log`);
    const worker = new AgentLaunchedWorker(this.#agent, { serviceId, node: this.node, cpuIds, logFile }, this.#options.maxResultBytes);
    const config: WorkerConfig = {
      serviceId,
      node: this.node,
      cpuCount: request.cpuCount ?? 1,
      cpuIds,
      gpuIds: request.gpuIds ?? [],
    };
    const channel = this.#agent.start(
      {
        command: [process.execPath, ...heapLimit(request.memoryMb), workerProgram, ...compileCacheOf(this.#options)],
        config,
        logFile,
        env: { ...threadVariables(config.cpuCount), ...gpuVariables(request.gpuIds) },
        pinTo: request.pin === true ? cpuIds : null,
        retire: (request.retire ?? []).flatMap((idle) => (idle instanceof AgentLaunchedWorker ? idle.channelNumber : [])),
      },
      worker,
      this.#options.maxResultBytes,
    );
    worker.attach(channel);
    await this.#untilReady(worker);
    return worker;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#agent[Symbol.asyncDispose]();
  }

  async #untilReady(worker: AgentLaunchedWorker): Promise<void> {
    const { connectTimeoutMs } = this.#times;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new LaunchError(this.node, `a worker on ${this.node}: it was not ready within ${connectTimeoutMs} ms (log: ${worker.logFile})`)), connectTimeoutMs);
    });
    try {
      await Promise.race([worker.ready, late]);
    } catch (error) {
      void worker.stop(0);
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }
}

const compileCacheOf = ({ compileCache }: NodeLauncherOptions): string[] => (compileCache === undefined ? [] : [compileCache]);

const heapLimit = (memoryMb: number | undefined): string[] => (memoryMb === undefined ? [] : [`--max-old-space-size=${memoryMb}`]);

const gpuVariables = (gpuIds: readonly number[] | undefined): Record<string, string> => (gpuIds === undefined ? {} : { CUDA_VISIBLE_DEVICES: gpuIds.join(",") });
