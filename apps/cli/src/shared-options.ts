/** Options that several commands have. */
import type { OptionDefinition } from "./command-definition.ts";

/** Which program. */
export const DIR: OptionDefinition = {
  syntax: "-d, --dir <dir>",
  description: "the program's directory, as in programInfo(dir)",
};
/** Which of its runs. */
export const RUN: OptionDefinition = {
  syntax: "-r, --run <id>",
  description: "a run, by its id or the beginning of it",
};
/** Within which of its Slurm jobs. */
export const JOB: OptionDefinition = {
  syntax: "--job <id>",
  description: "within this Slurm job of it, as jobs lists them",
};
/** For scripts. */
export const JSON_OUTPUT: OptionDefinition = { syntax: "--json", description: "write JSON" };
/** Of what has another argument. */
export const WHICH = [DIR, RUN] as const;
