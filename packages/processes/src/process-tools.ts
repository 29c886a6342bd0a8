/** What of util-linux is there to start processes with: `taskset` pins them, `setpriv --pdeathsig` has the kernel end them with who has started them. */
import { spawnSync } from "node:child_process";
import { setprivWorks } from "./death-signal.ts";

/** Which of these tools work here. */
export interface ProcessTools {
  /** Whether `taskset` can pin processes to CPUs. */
  readonly taskset: boolean;
  /** Whether `setpriv --pdeathsig` works. */
  readonly setpriv: boolean;
}

/** Tries both tools. `setpriv`: whether that works, where it is known already; old versions have no --pdeathsig. */
export const findProcessTools = (setpriv?: boolean): ProcessTools => ({
  taskset: hasTaskset(),
  setpriv: setpriv ?? setprivWorks(),
});

/** Whether `taskset` works: a process is started to try it. */
export const hasTaskset = (): boolean =>
  spawnSync("taskset", ["-p", String(process.pid)], { stdio: "ignore" }).status === 0;
