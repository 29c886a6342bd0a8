/** Arguments for nsenter(1): a command in the namespaces of a process, that is, on a node of the cluster. */
import type { ProcessId } from "@hyperion-ts/processes";
import { systemCommand } from "./system-command.ts";

/** The program that enters namespaces. */
export const NSENTER = "/usr/bin/nsenter";

/** Which of a node's worlds to enter: all of it, or only its network or its mounts, with the machine's process numbers. */
export type Worlds = "all" | "network" | "mounts";

const FLAGS: Readonly<Record<Worlds, readonly string[]>> = {
  all: ["-m", "-n", "-u", "-i", "-p"],
  network: ["-n"],
  mounts: ["-m"],
};

/** A process whose namespaces are entered. */
export interface Entrance extends ProcessId {
  /** Has it cgroups of its own? What enters all of its worlds gets into these, too. */
  readonly hasCgroups?: boolean;
}

/** The arguments of nsenter that run `command` in these worlds of the process. */
export const enterArgs = (
  { pid, hasCgroups = false }: Entrance,
  worlds: Worlds,
  command: readonly string[],
): readonly string[] => [
  "-t",
  String(pid),
  ...FLAGS[worlds],
  ...(hasCgroups && worlds === "all" ? ["-C", "--", "sh", "-c", JOIN_GROUPS, "join"] : ["--"]),
  ...command,
];

/** A shell writes PWD into the environment, where nobody has put it. */
const JOIN_GROUPS = `for list in /sys/fs/cgroup/*/cgroup.procs; do echo 0 >"$list" || exit 125; done; exec env -u PWD -- "$@"`;

/**
 * A command of the machine, in there.
 *
 * @throws TestbedError `system-command` when it can't be started or fails
 */
export const commandIn = (process: Entrance, worlds: Worlds, command: readonly string[], input = ""): Promise<string> =>
  systemCommand(NSENTER, enterArgs(process, worlds, command), input);

/**
 * Starts a command that stays: in a session of its own, and a child of that node's first process.
 * (A child of nsenter would be handed to the machine's first process, which need not care for it.)
 */
export async function startIn(process: Entrance, command: readonly string[]): Promise<void> {
  await commandIn(process, "all", ["sh", "-c", 'setsid "$@" </dev/null >/dev/null 2>&1 &', "start", ...command]);
}

/** Where a path of the cluster is to be found from outside. It must not lead over a symbolic link. */
export const inside = ({ pid }: ProcessId, path: string): string => `/proc/${pid}/root${path}`;
