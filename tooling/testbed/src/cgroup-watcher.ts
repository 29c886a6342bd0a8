/**
 * A process that removes a cluster's cgroups when the cluster has ended and nobody else is left to do it: its maker
 * and its holder may have been killed. It reads from a pipe whose other end only the cluster's first processes have,
 * and so it is told by the kernel.
 */
import { spawn } from "node:child_process";
import type { Writable } from "node:stream";
import type { CgroupTree } from "./cgroup-tree.ts";
import { SYSTEM_ENV } from "./system-command.ts";

/** @returns the end of the pipe that the cluster has to hold open, and whoever starts it has to close. */
export function startWatcher(tree: CgroupTree): Writable {
  // In a session of its own, nobody's Ctrl-C reaches it.
  const watcher = spawn("sh", ["-c", WATCH, "hyperion-testbed-watcher", ...Object.values(tree)], {
    env: SYSTEM_ENV,
    cwd: "/",
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
  });
  watcher.on("error", () => undefined);
  watcher.unref();
  return watcher.stdin;
}

/** After the pipe's end the kernel still has to end the cluster's processes: until then their groups are in use. */
const WATCH = `
cat >/dev/null
tries=600
for folder; do
  while [ -d "$folder" ] && [ $((tries -= 1)) -gt 0 ]; do
    find "$folder" -depth -type d -exec rmdir {} + 2>/dev/null || sleep 0.1
  done
done
`;
