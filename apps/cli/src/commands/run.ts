/** `hyperion run`: a program as a process of its own, in place of the command's. */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { ControlError } from "@hyperion-ts/control";
import type { CommandBody } from "../command-definition.ts";
import { EXIT_CODES } from "../output/exit-code.ts";

export const run: CommandBody = async ({ args: [file = "", ...rest], options, terminal }) => {
  const path = resolve(file);
  if (!existsSync(path)) throw new ControlError("not-found", `There is no file ${path}`);
  if (options.local === true && options.slurm === true) {
    terminal.stderr.write("hyperion run: --local and --slurm exclude each other\n");
    return EXIT_CODES.usage;
  }
  const own = rest[0] === "--" ? rest.slice(1) : rest;
  const where = [...(options.local === true ? ["--local"] : []), ...(options.slurm === true ? ["--slurm"] : [])];
  const argv = [process.execPath, ...process.execArgv, ...(options.node ?? []), path, ...where, ...own];
  // The same process from now on: signals, the terminal and the exit code are the program's.
  if (process.execve === undefined) throw new Error("This Node can't run another program in its own place");
  return process.execve(process.execPath, argv, process.env);
};
