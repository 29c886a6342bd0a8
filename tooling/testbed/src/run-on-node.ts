/** Commands of a user on a node, as if she were logged in there: argument vectors, never a line for a shell. */
import { spawn } from "node:child_process";
import type { ChildProcess, StdioOptions } from "node:child_process";
import type { ClusterUser } from "./cluster-plan.ts";
import { enterArgs, NSENTER } from "./enter.ts";
import { allProcesses, sendSignal } from "@hyperion-ts/processes";
import type { Site } from "./site.ts";
import { runningNode } from "./site.ts";
import { commandResult, SYSTEM_PATH } from "./system-command.ts";
import type { CommandResult } from "./system-command.ts";
import { TestbedError } from "./testbed-error.ts";

/** Who runs a command, and where. */
export interface SpawnOptions {
  /** Default `root`. */
  readonly user?: string;
  /** Default her home. */
  readonly cwd?: string;
  /**
   * Added to HOME, USER, LOGNAME, SHELL, PATH, LANG, and TMPDIR, which is the home: what a killed program leaves there goes with the
   * cluster. Nothing else of this process's environment gets in.
   */
  readonly env?: Readonly<Record<string, string>>;
  /** As for `child_process.spawn`. Default `pipe`. */
  readonly stdio?: StdioOptions;
}

/** Who runs a command to its end, and with what. */
export interface RunOptions extends Omit<SpawnOptions, "stdio"> {
  /** What the command reads. Default nothing. */
  readonly input?: string | Uint8Array;
  /** Kills the command (SIGKILL); `run` then rejects with its reason. */
  readonly signal?: AbortSignal;
}

/** Runs a command to its end; how it ends is data. */
export async function runOnNode(
  site: Site,
  node: string,
  command: readonly string[],
  options: RunOptions = {},
): Promise<CommandResult> {
  const { input = "", signal, ...spawnOptions } = options;
  signal?.throwIfAborted();
  const child = spawnOnNode(site, node, command, spawnOptions);
  const kill = (): void => void child.kill("SIGKILL");
  signal?.addEventListener("abort", kill, { once: true });
  try {
    const result = await commandResult(child, input);
    signal?.throwIfAborted();
    return result;
  } finally {
    signal?.removeEventListener("abort", kill);
  }
}

/**
 * Starts a command. Its `kill` reaches the command itself; if this process ends, the command is killed.
 * A command that is not there ends with code 127, a folder that can't be entered with 125.
 */
export function spawnOnNode(
  site: Site,
  node: string,
  command: readonly string[],
  options: SpawnOptions = {},
): ChildProcess {
  const user = userNamed(site, options.user ?? "root");
  const become = ["--reuid", String(user.uid), "--regid", String(user.uid), "--init-groups", "--inh-caps=-all"];
  // What a caller says of PWD counts, whatever a shell on the way there would write.
  const pwd = options.env?.["PWD"] === undefined ? [] : [`PWD=${options.env["PWD"]}`];
  const asUser = [
    "/usr/bin/setpriv",
    ...become,
    "--pdeathsig",
    "KILL",
    "--",
    "/usr/bin/env",
    "-C",
    options.cwd ?? user.home,
    "--",
    ...pwd,
    ...command,
  ];
  const env = { ...environmentOf(user), ...options.env };
  return reachable(
    spawn(NSENTER, enterArgs(runningNode(site, node), "all", asUser), {
      env,
      stdio: options.stdio ?? "pipe",
      cwd: "/",
    }),
  );
}

/**
 * The user of that name.
 *
 * @throws TestbedError `bad-options` when the cluster has none
 */
export function userNamed({ plan }: Site, name: string): ClusterUser {
  const user = plan.users.find((user) => user.name === name);
  if (user !== undefined) return user;
  throw new TestbedError(
    "bad-options",
    `The cluster has no user called ${name}. It has ${plan.users.map(({ name }) => name).join(", ")}.`,
  );
}

const environmentOf = ({ name, home, shell }: ClusterUser): Readonly<Record<string, string>> => ({
  HOME: home,
  USER: name,
  LOGNAME: name,
  SHELL: shell,
  PATH: SYSTEM_PATH,
  LANG: "C.UTF-8",
  TMPDIR: home,
});

/** nsenter waits for the command without handing signals on: they go to its child. It ends as the child does. */
function reachable(child: ChildProcess): ChildProcess {
  const killNsenter = child.kill.bind(child);
  child.kill = (signal) => {
    const commands = allProcesses().filter(({ parent, state }) => parent === child.pid && state !== "Z");
    if (commands.length === 0 || child.exitCode !== null || child.signalCode !== null) return killNsenter(signal);
    return commands.map(({ pid }) => sendSignal(pid, signal ?? "SIGTERM")).every(Boolean);
  };
  return child;
}
