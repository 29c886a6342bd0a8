/**
 * Launchers of workers on one node, through an agent that a command runner starts there.
 * (Hyperion.Job: workerLauncherWithRunCmd, withNodeLauncher.)
 */
import { callable, checkValue, makeDirectory, nonEmpty } from "@hyperion-ts/bounds";
import { endMarked } from "@hyperion-ts/processes";
import { runCmdLocalAsync, type SessionEnd } from "@hyperion-ts/transport";
import { checkAddr, checkNodeConfig, checkNodeOptions } from "./check-options.ts";
import { compileCacheVariables } from "../shared/compile-cache.ts";
import { localAgentCommand } from "./agent-command.ts";
import { openAgentLauncher } from "./agent-launcher.ts";
import { timesOf } from "./launcher-options.ts";
import type { NodeLauncher, NodeLauncherConfig, NodeLauncherOptions, RunCmd } from "./node-launcher.ts";
import { openRemoteLauncher } from "./remote-launcher.ts";
import { nodeName, type WorkerAddr } from "./worker-addr.ts";
import { LaunchError } from "../errors.ts";

/**
 * A launcher from any command runner: starts one agent with it, and workers through the agent. The log files
 * `<service id>.log` are in `logDir`.
 *
 * @throws LaunchError when the agent does not come up; TypeError or RangeError, which name the option, for a wrong one;
 *   DirectoryError when there can be no `logDir`
 * @example
 * await using launcher = await workerLauncherWithRunCmd("./logs", runCmdLocalAsync);
 * await using worker = await launcher.launch({ cpuCount: 2 });
 * const four = await worker.call(square, 2);
 */
export async function workerLauncherWithRunCmd(
  logDir: string,
  runCmd: RunCmd,
  options: NodeLauncherOptions = {},
): Promise<NodeLauncher> {
  checkValue("workerLauncherWithRunCmd", "logDir", logDir, nonEmpty);
  checkValue("workerLauncherWithRunCmd", "runCmd", runCmd, callable);
  checkNodeOptions("workerLauncherWithRunCmd", options);
  return launchWith(logDir, runCmd, options, new AbortController().signal);
}

async function launchWith(
  logDir: string,
  runCmd: RunCmd,
  options: NodeLauncherOptions,
  signal: AbortSignal,
): Promise<NodeLauncher> {
  makeDirectory(logDir, { mode: 0o700 });
  const node = options.node ?? "localhost";
  const { argv, mark } = localAgentCommand(options);
  const session = await runCmd({ argv, env: {} }).catch((cause: unknown) => {
    throw new LaunchError(node, `the agent on ${node}: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  });
  void session.ended.then((end) => endOrphans(mark, end));
  const settings = { times: timesOf(options), surroundings: null };
  return openAgentLauncher(session, { node, settings, signal }, logDir, options);
}

/** An agent ends what its workers have started. When it could not (somebody killed it), we do, if it ran on this machine. */
async function endOrphans(mark: string, end: SessionEnd): Promise<void> {
  if (end.type !== "exited" || end.code !== 0) await endMarked(new Set([mark]));
}

/**
 * Connects to a node; see `withNodeLauncher` for the form that can't leak. An abort of `signal` gives up.
 *
 * @throws LaunchError when the node can't be reached, or the agent does not come up; TypeError or RangeError, which name the
 *   option, for a wrong one; DirectoryError when there can be no `logDir`; on an abort, the signal's reason
 */
export async function openNodeLauncher(
  config: NodeLauncherConfig,
  addr: WorkerAddr,
  signal: AbortSignal = new AbortController().signal,
): Promise<NodeLauncher> {
  checkNodeConfig("openNodeLauncher", config);
  checkValue("openNodeLauncher", "logDir", config.logDir, nonEmpty);
  checkAddr("openNodeLauncher", addr);
  switch (addr.type) {
    case "LocalHost":
      signal.throwIfAborted();
      return launchWith(
        config.logDir,
        runHere(config),
        { ...config, times: timesOf(config, "pipe"), node: nodeName(addr) },
        signal,
      );
    case "RemoteAddr":
      return openRemoteLauncher(config, addr.hostname, signal);
    default:
      return addr satisfies never;
  }
}

/** On this machine the agent can be told at once where compiled code is. */
const runHere =
  ({ compileCache }: NodeLauncherConfig): RunCmd =>
  (command) =>
    runCmdLocalAsync({ ...command, env: { ...command.env, ...compileCacheVariables(compileCache) } });

/**
 * Connects to a node, hands the launcher to `use`, and ends everything on the node afterwards. `use` gets null when the node
 * could not be reached.
 *
 * @throws what `use` throws; TypeError or RangeError for a wrong option; DirectoryError when there can be no `logDir`
 */
export async function withNodeLauncher<A>(
  config: NodeLauncherConfig,
  addr: WorkerAddr,
  use: (launcher: NodeLauncher | null) => Promise<A>,
): Promise<A> {
  const opened = await openNodeLauncher(config, addr).catch((error: unknown) => {
    if (error instanceof LaunchError) return null;
    throw error;
  });
  // Outside of the attempt to connect: an error of `use` is its own.
  await using launcher = opened;
  return await use(launcher);
}
