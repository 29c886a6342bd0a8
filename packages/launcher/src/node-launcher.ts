/**
 * Launchers of workers on one node, through an agent that a command runner starts there.
 * (Hyperion.Job: workerLauncherWithRunCmd, withNodeLauncher.)
 */
import { createWriteStream, mkdirSync } from "node:fs";
import { join } from "node:path";
import { newServiceId } from "@hyperion-ts/wire";
import { AgentLauncher } from "./agent-launcher.ts";
import { connectAgent } from "./connect-agent.ts";
import { type HeadPort, openHeadPort } from "./head-port.ts";
import type { Command } from "./local-process.ts";
import type { AgentHello, AgentSettings, AgentTimes } from "./node-agent.ts";
import { surroundingsOfThisProcess } from "./node-surroundings.ts";
import { endMarked, markVariable, newMark } from "./process-marks.ts";
import { agentProgram, runtimeOptions } from "./program-file.ts";
import { runCmdLocalAsync } from "./run-command.ts";
import { withAttempts } from "./transport/attempts.ts";
import { type CommandTransport, openTransport } from "./transport/command-transport.ts";
import { type CommandSession, type SessionEnd, TransportError } from "./transport/command-session.ts";
import { nodeName, type WorkerAddr } from "./worker-addr.ts";
import { LaunchError } from "./worker-death.ts";
import type { WorkerLauncher } from "./worker-launcher.ts";
import { compileCacheVariable } from "./worker/compile-cache.ts";

/** Runs a command somewhere and hands back its standard streams: `runCmdLocalAsync`, or a way to another machine. */
export type RunCmd = (command: Command) => Promise<CommandSession>;

/** A launcher of workers on one node. Disposing of it ends its agent and all its workers. */
export interface NodeLauncher extends WorkerLauncher, AsyncDisposable {
  readonly node: string;
  /** What the agent found out about the node. */
  readonly host: Pick<AgentHello, "hostname" | "nodeVersion" | "allowedCpus" | "onlineCpus" | "canPin" | "memoryMb" | "slurmOrder" | "cpuset">;
  /** Resolves with the reason when the node is lost or the launcher was disposed of. */
  readonly lost: Promise<string>;
}

/** Names, times and limits of the connection to one node; each has a default. */
export interface NodeLauncherOptions extends Partial<AgentTimes> {
  /** The node's name in messages and results. Default `"localhost"`. */
  readonly node?: string;
  /** After so long without a sign of the head the agent ends, in milliseconds; null: only when its input ends. Default: `silenceMs`. */
  readonly headSilenceMs?: number | null;
  /** Where compiled code is kept between starts of workers. Default: nowhere. */
  readonly compileCache?: string;
  /** The largest result that is taken in, in bytes. Default: no limit. */
  readonly maxResultBytes?: number;
  /** Files on the node that name the CPUs of its job, if they are there. Default: none. */
  readonly cpusetFiles?: readonly string[];
  /** The Node.js that agents and workers run. Default: the path of this process's own. */
  readonly nodePath?: string;
}

/** Where logs go and how a node is reached. (Hyperion.Job: NodeLauncherConfig) */
export interface NodeLauncherConfig extends Omit<NodeLauncherOptions, "node"> {
  /** The node's log directory; the workers' log files are in it. Must be the same path on the node. */
  readonly logDir: string;
  /** How other nodes than this one are reached. Default: node-ssh. */
  readonly transport?: CommandTransport;
  /** Whether frames travel over TLS on a port of this process instead of the transport's own streams. Default: with srun only. */
  readonly tls?: boolean;
  /** The port of this process that agents call, where frames travel over TLS. Default: one for each connection. */
  readonly headPort?: HeadPort;
  /** How often the connection to a node is tried before it is left out. Default 5. */
  readonly connectAttempts?: number;
  /** No attempt begins later than this, in milliseconds. Default 45,000. */
  readonly connectPatienceMs?: number;
  /** The longest first pause between attempts, in milliseconds; each next one is up to twice as long. Default 500. */
  readonly connectPauseMs?: number;
  /** Runs each attempt to connect: a pool of nodes lets only a few run at once. Default: at once. */
  readonly throttle?: (attempt: () => Promise<NodeLauncher>) => Promise<NodeLauncher>;
  /** Hears of attempts that failed, and of transports that had to step in. Default: nobody. */
  readonly log?: (line: string) => void;
}

/** Behind a jump host nobody but the head itself can tell that it is alive, and its event loop may stand still for a while. */
const INDIRECT_SILENCE_MS = 60_000;

/**
 * A launcher from any command runner: starts one agent with it, and workers through the agent. The log files
 * `<service id>.log` are in `logDir`. Throws a `LaunchError` when the agent does not come up.
 *
 * @example
 * await using launcher = await workerLauncherWithRunCmd("./logs", runCmdLocalAsync);
 * await using worker = await launcher.launch({ cpuCount: 2 });
 * const four = await worker.call(square, 2);
 */
export function workerLauncherWithRunCmd(logDir: string, runCmd: RunCmd, options: NodeLauncherOptions = {}): Promise<NodeLauncher> {
  return launchWith(logDir, runCmd, options, new AbortController().signal);
}

async function launchWith(logDir: string, runCmd: RunCmd, options: NodeLauncherOptions, signal: AbortSignal): Promise<NodeLauncher> {
  mkdirSync(logDir, { recursive: true, mode: 0o700 });
  const node = options.node ?? "localhost";
  const mark = newMark();
  const session = await runCmd({ argv: agentCommand(options), env: { ...markVariable(mark), ...compileCacheVariable(options.compileCache) } }).catch((cause: unknown) => {
    throw new LaunchError(node, `the agent on ${node}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  });
  void session.ended.then((end) => endOrphans(mark, end));
  const times = timesOf(options);
  const settings = { times, headSilenceMs: options.headSilenceMs === undefined ? times.silenceMs : options.headSilenceMs, surroundings: null };
  return launcherOver(session, node, logDir, options, settings, signal);
}

/** An agent ends what its workers have started. When it could not (somebody killed it), we do, if it ran on this machine. */
async function endOrphans(mark: string, end: SessionEnd): Promise<void> {
  if (end.type !== "exited" || end.code !== 0) await endMarked(new Set([mark]));
}

/** Makes a launcher of a session; ends the session when that fails. */
async function launcherOver(session: CommandSession, node: string, logDir: string, options: NodeLauncherOptions, settings: AgentSettings, signal: AbortSignal, headPort?: HeadPort): Promise<NodeLauncher> {
  try {
    keepLog(session, join(logDir, `${newServiceId()}.log`));
    const agent = await connectAgent(node, session, settings, signal, headPort);
    return new AgentLauncher(agent, logDir, settings.times.connectTimeoutMs, options);
  } catch (error) {
    session.kill();
    await session[Symbol.asyncDispose]();
    throw error;
  }
}

const agentCommand = ({ nodePath = process.execPath, compileCache = "", cpusetFiles = [] }: NodeLauncherOptions): string[] => [
  nodePath,
  ...runtimeOptions,
  agentProgram,
  ...(compileCache === "" && cpusetFiles.length === 0 ? [] : [compileCache, ...cpusetFiles]),
];

/** The same on another node, where a transport passes no variables: without this one the agent's first files would be compiled at each start. */
const remoteAgentCommand = (options: NodeLauncherOptions): string[] => [...withVariables(compileCacheVariable(options.compileCache)), ...agentCommand(options)];

const withVariables = (variables: Readonly<Record<string, string>>): string[] => {
  const settings = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
  return settings.length === 0 ? [] : ["env", ...settings];
};

/** Writes what the agent logs to a file. That this fails (a full disk) is no reason to lose the node. */
function keepLog({ stderr }: CommandSession, file: string): void {
  const log = createWriteStream(file, { flags: "a", mode: 0o600 });
  log.on("error", () => undefined);
  stderr.on("data", (chunk: Buffer) => log.write(chunk));
  stderr.on("close", () => log.end());
}

/** The times of `options`, with defaults. */
const timesOf = (options: Partial<AgentTimes>): AgentTimes => ({
  connectTimeoutMs: options.connectTimeoutMs ?? 30_000,
  heartbeatMs: options.heartbeatMs ?? 2_000,
  silenceMs: options.silenceMs ?? 10_000,
  endGraceMs: options.endGraceMs ?? 200,
});

/** Connects to a node; see `withNodeLauncher` for the form that can't leak. An abort of `signal` gives up. Throws a `LaunchError`. */
export async function openNodeLauncher(config: NodeLauncherConfig, addr: WorkerAddr, signal: AbortSignal = new AbortController().signal): Promise<NodeLauncher> {
  switch (addr.type) {
    case "LocalHost":
      signal.throwIfAborted();
      // A local pipe can't be cut: the end of the agent's input says all that there is to know of the head.
      return launchWith(config.logDir, runCmdLocalAsync, { headSilenceMs: null, ...config, node: nodeName(addr) }, signal);
    case "RemoteAddr":
      return openRemoteLauncher(config, addr.hostname, signal);
    default:
      return addr satisfies never;
  }
}

async function openRemoteLauncher(config: NodeLauncherConfig, host: string, signal: AbortSignal): Promise<NodeLauncher> {
  const { logDir, throttle = (attempt) => attempt(), log = () => undefined, connectAttempts = 5, connectPatienceMs = 45_000, connectPauseMs = 500 } = config;
  mkdirSync(logDir, { recursive: true, mode: 0o700 });
  const remote = new RemoteNode(config, host, log);
  return withAttempts(
    { attempts: connectAttempts, patienceMs: connectPatienceMs, pauseMs: connectPauseMs },
    signal,
    (number) => throttle(() => remote.open(number, signal)),
    (error) => error instanceof LaunchError && error.transient,
    (error, number, pauseMs) => log(`${host}: attempt ${number} of ${connectAttempts} failed, the next one comes in ${pauseMs} ms: ${error instanceof Error ? error.message : String(error)}`),
  );
}

/** Another machine, and what is needed for each attempt to reach it. */
class RemoteNode {
  readonly #config: NodeLauncherConfig;
  readonly #host: string;
  readonly #choice: CommandTransport;
  readonly #log: (line: string) => void;

  constructor(config: NodeLauncherConfig, host: string, log: (line: string) => void) {
    this.#config = config;
    this.#host = host;
    this.#choice = config.transport ?? { type: "node-ssh" };
    this.#log = log;
  }

  async open(number: number, signal: AbortSignal): Promise<NodeLauncher> {
    signal.throwIfAborted();
    const times = timesOf(this.#config);
    const session = await this.#session(number, times, signal);
    // srun has given its step the variables and the directory already.
    const surroundings = this.#choice.type === "srun" ? null : surroundingsOfThisProcess();
    const tls = this.#config.tls ?? this.#choice.type === "srun";
    const headSilenceMs = this.#config.headSilenceMs ?? (session.direct || tls ? times.silenceMs : Math.max(times.silenceMs, INDIRECT_SILENCE_MS));
    await using parts = new AsyncDisposableStack();
    const headPort = tls ? (this.#config.headPort ?? parts.use(await openHeadPort())) : undefined;
    return await launcherOver(session, this.#host, this.#config.logDir, { ...this.#config, node: this.#host }, { times, headSilenceMs, surroundings }, signal, headPort);
  }

  async #session(number: number, { connectTimeoutMs }: AgentTimes, signal: AbortSignal): Promise<CommandSession> {
    const late = AbortSignal.timeout(connectTimeoutMs);
    try {
      return await openTransport(this.#choice, this.#log).open(this.#host, remoteAgentCommand(this.#config), AbortSignal.any([signal, late]));
    } catch (cause) {
      signal.throwIfAborted();
      const what = late.aborted ? `no connection within ${connectTimeoutMs} ms` : cause instanceof Error ? cause.message : String(cause);
      const attempts = number === 1 ? "" : ` (attempt ${number})`;
      throw new LaunchError(this.#host, `the agent on ${this.#host}${attempts}: ${what}`, { cause, transient: late.aborted || (cause instanceof TransportError && cause.reason === "unreachable") });
    }
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
