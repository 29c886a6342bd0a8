/** How a program is started so that the kernel kills it with who has started it: through setpriv, where util-linux is there. */
import { accessSync, constants, statSync } from "node:fs";
import { resolve } from "node:path";

/** Where and in which environment a program is to run. */
export interface Surroundings {
  /** The directory; undefined: this process's own. */
  readonly cwd: string | undefined;
  /** All variables of the program; PATH says where programs are. */
  readonly env: NodeJS.ProcessEnv;
}

/** The same command with setpriv before it, where setpriv works. The command of a program that is not there stays as it is, so that starting it fails as it should. */
export function killedAtDeath(argv: readonly string[], surroundings: Surroundings): readonly string[] {
  const [file = ""] = argv;
  const bound = knownToWork() && isProgram("setpriv", surroundings) && isProgram(file, surroundings);
  return bound ? ["setpriv", "--pdeathsig", "KILL", "--", ...argv] : argv;
}

/** Tells a program, by 1 or 0, whether setpriv works here; where it does, that it was started so itself. */
export const DIES_WITH_PARENT = "HYPERION_DIES_WITH_AGENT";

let works: boolean | undefined;

/** A process that was not told tries it, once. */
const knownToWork = (): boolean =>
  (works ??= process.env[DIES_WITH_PARENT] === undefined ? setprivWorks() : process.env[DIES_WITH_PARENT] === "1");

/** Whether `setpriv --pdeathsig` works: it is tried, as old versions do not have it. */
export const setprivWorks = (): boolean =>
  // Workers load this module, and most of them run no program.
  process
    .getBuiltinModule("node:child_process")
    .spawnSync("setpriv", ["--pdeathsig", "KILL", "true"], { stdio: "ignore" }).status === 0;

/** Whether there is a program `file`: a path, or a name that is looked for in PATH. */
export function isProgram(file: string, { cwd = ".", env }: Surroundings): boolean {
  if (file.includes("/")) return isExecutable(resolve(cwd, file));
  return (env["PATH"] ?? "").split(":").some((directory) => isExecutable(resolve(cwd, directory, file)));
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
