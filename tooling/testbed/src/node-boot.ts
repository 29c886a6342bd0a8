/** A node's power: its first process, with the namespaces that make it look like a machine, and its link. */
import { spawn } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { ownHierarchies } from "./cgroup-hierarchies.ts";
import { inGroupsOf, mountHierarchies } from "./cgroup-host.ts";
import { makeHostGroups } from "./cgroup-tree.ts";
import type { Host } from "./cluster-plan.ts";
import { enterArgs, inside, NSENTER } from "./enter.ts";
import type { Entrance } from "./enter.ts";
import type { Holder } from "./holder.ts";
import { connect } from "./network.ts";
import { allProcesses, argumentsOf, pidNamespace } from "@hyperion-ts/processes";
import type { ProcessId } from "@hyperion-ts/processes";
import { nodeRecordOf } from "./site.ts";
import { SYSTEM_ENV } from "./system-command.ts";
import { TestbedError } from "./testbed-error.ts";
import { untilReady } from "./until-ready.ts";

/**
 * Starts a node; returns its first process.
 *
 * @throws TestbedError `not-started` when that does not come up
 */
export async function bootNode({ init: holder, cgroups }: Holder, host: Host): Promise<Entrance> {
  const worlds = [
    "--mount",
    "--net",
    "--uts",
    "--ipc",
    "--pid",
    "--fork",
    "--kill-child",
    "--mount-proc",
    ...(cgroups ? ["--cgroup"] : []),
  ];
  const command = [
    "unshare",
    ...worlds,
    "sh",
    "-c",
    initScript(cgroups ? mountHierarchies(ownHierarchies()) : ""),
    MARKER,
    host.name,
  ];
  // As a child of a shell that ends, it becomes a child of the cluster's first process.
  const args = enterArgs(holder, "all", ["sh", "-c", 'setsid "$@" </dev/null &', "boot", ...command]);
  if (cgroups) await makeHostGroups(cgroups, host);
  const [file = NSENTER, ...rest] = cgroups ? inGroupsOf(cgroups, host.name, [NSENTER, ...args]) : [NSENTER, ...args];
  await untilReady(host.name, spawn(file, rest, { env: SYSTEM_ENV, cwd: "/", stdio: ["ignore", "pipe", "pipe"] }));
  const init: Entrance = { ...findInit(holder, host.name), ...(cgroups && { hasCgroups: true }) };
  await connect(holder, init, host);
  await writeFile(inside(holder, nodeRecordOf(host.name)), JSON.stringify(init));
  return init;
}

/** Is it one of the processes that make a node, rather than one that runs on it? */
export const isNodeInit = (args: readonly string[]): boolean => args.at(-2) === MARKER || args[1] === FOREVER;

const MARKER = "hyperion-testbed-node";
const FOREVER = "2147483647";

/** A shell that waits buries whoever has lost its parent. /dev/shm is a machine's own; /tmp is shared. */
const initScript = (more: string): string => `
printf %s "$1" >/proc/sys/kernel/hostname
mount -t tmpfs -o mode=1777 shm /dev/shm || exit 1
${more}
echo ready
exec >/dev/null 2>&1
while :; do sleep ${FOREVER} & wait $!; done
`;

function findInit(holder: ProcessId, name: string): ProcessId {
  const cluster = pidNamespace(holder.pid);
  const init = allProcesses().find(({ pid, parent }) => {
    const args = argumentsOf(pid);
    return (
      args.at(-2) === MARKER &&
      args.at(-1) === name &&
      pidNamespace(parent) === cluster &&
      pidNamespace(pid) !== cluster
    );
  });
  if (init === undefined) throw new TestbedError("not-started", `${name} has ended just after it was started.`);
  return { pid: init.pid, startTime: init.startTime };
}
