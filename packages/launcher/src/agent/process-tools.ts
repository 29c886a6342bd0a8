import { spawnSync } from "node:child_process";

/** What of util-linux is there: a worker is pinned by `taskset`, and dies with its agent by `setpriv --pdeathsig`. */
export interface ProcessTools {
  readonly taskset: boolean;
  readonly setpriv: boolean;
}

/** Tries both tools once, `setpriv` only where nobody has told; old versions of it have no --pdeathsig. */
export const findProcessTools = (setpriv?: boolean): ProcessTools => ({
  taskset: hasTaskset(),
  setpriv: setpriv ?? works("setpriv", ["--pdeathsig", "KILL", "true"]),
});

/** Tries it. */
export const hasTaskset = (): boolean => works("taskset", ["-p", String(process.pid)]);

const works = (file: string, args: string[]): boolean => spawnSync(file, args, { stdio: "ignore" }).status === 0;
