/** What of util-linux is there to start processes with: `taskset` pins them, `setpriv --pdeathsig` has the kernel end them with who has started them. */
import { spawnSync } from "node:child_process";
import { setprivWorks } from "./death-signal.ts";

/** Which of these tools work here. */
export interface ProcessTools {
  readonly taskset: boolean;
  readonly setpriv: boolean;
}

/** Tries both tools once, `setpriv` only where nobody has told; old versions of it have no --pdeathsig. */
export const findProcessTools = (setpriv?: boolean): ProcessTools => ({
  taskset: hasTaskset(),
  setpriv: setpriv ?? setprivWorks(),
});

/** Whether `taskset` works: it is tried. */
export const hasTaskset = (): boolean =>
  spawnSync("taskset", ["-p", String(process.pid)], { stdio: "ignore" }).status === 0;
