/**
 * The process that holds a cluster: the first one in a process namespace that all of the cluster lives in. When it
 * ends, for whatever reason, the kernel ends everything in there and drops the mounts and links with it
 * (pid_namespaces(7)). So nothing has to be cleaned up, and no crash can leave anything behind.
 */
import { spawn } from "node:child_process";
import type { Writable } from "node:stream";
import { removeTree } from "./cgroup-tree.ts";
import type { CgroupTree } from "./cgroup-tree.ts";
import type { ProcessId } from "@hyperion-ts/processes";
import { allProcesses, isAlive, readProcess, sendSignal } from "@hyperion-ts/processes";
import { SYSTEM_ENV } from "./system-command.ts";
import { TestbedError } from "./testbed-error.ts";
import { untilReady } from "./until-ready.ts";
import { waitUntil } from "./wait-until.ts";

/** The holder's two processes, as numbers of the machine. */
export interface Holder {
  /** In the machine's process namespace; ends after everything in the cluster has ended. */
  readonly outer: ProcessId;
  /** The first process in the cluster's. */
  readonly init: ProcessId;
  /** Where its cgroups are, if it has any. */
  readonly cgroups?: CgroupTree;
}

/** How long a cluster lives: as long as the process that made it (however that ends), or until it is ended. */
export type Lifetime = "with-this-process" | "until-ended";

/**
 * The process that a cluster hangs on.
 *
 * @param watched is kept open as long as the cluster lives
 * @throws TestbedError `not-started` when it does not come up
 */
export async function startHolder(lifetime: Lifetime, watched?: Writable): Promise<Holder> {
  const worlds = ["--mount", "--net", "--uts", "--ipc", "--pid", "--fork", "--kill-child", "--mount-proc"];
  // Its input is what ties it to this process; a session of its own keeps the terminal's Ctrl-C away from it.
  const child = spawn("unshare", [...worlds, "sh", "-c", INIT_SCRIPT, "hyperion-testbed", lifetime], {
    env: SYSTEM_ENV,
    cwd: "/",
    stdio: ["pipe", "pipe", "pipe", "ignore", watched ?? "ignore"],
    detached: true,
  });
  await untilReady("The cluster's first process", child);
  // The open pipe keeps the cluster alive, and need not keep this process alive.
  child.unref();
  const outer = child.pid === undefined ? undefined : readProcess(child.pid);
  const init = allProcesses().find(({ parent }) => parent === child.pid);
  if (outer === undefined || init === undefined)
    throw new TestbedError("not-started", "The cluster's first process has ended at once.");
  return { outer, init };
}

/** Ends everything in the cluster; returns when the last process has ended. */
export async function endHolder({ outer, init, cgroups }: Holder): Promise<void> {
  if (isAlive(init)) sendSignal(init.pid, "SIGKILL");
  await waitUntil({ what: "the cluster's processes to end", timeoutMs: 20_000 }, () =>
    isAlive(outer) ? undefined : true,
  );
  if (cgroups !== undefined) await removeTree(cgroups);
}

/**
 * The first process takes in whoever loses its parent; a shell that waits also buries them. It lives as long as its one
 * child, which reads what the maker holds open, or a pipe that it holds open itself. That child is a shell, too: a program
 * that it would load just after "ready" could find half of its libraries replaced by those of another release.
 */
const INIT_SCRIPT = `
printf login >/proc/sys/kernel/hostname
exec 3<&0
case $1 in
with-this-process) (while read -r _; do :; done) <&3 >/dev/null 2>&1 & ;;
until-ended) : | (exec 3<>/proc/self/fd/0; read -r _ <&3) >/dev/null 2>&1 & ;;
esac
echo ready
exec </dev/null >/dev/null 2>&1 3<&-
wait $!
`;
