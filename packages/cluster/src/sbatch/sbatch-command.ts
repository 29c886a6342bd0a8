/**
 * What a job is submitted with: an argument vector for sbatch, and a script for its standard input. No line is made for a
 * shell but the script itself, whose arguments are quoted by one function. Pure.
 */
import { checkOptions, checkValue, listOf, nonEmpty, type Rule, showValue, structured } from "@hyperion-ts/bounds";
import { scriptCommand, scriptWords } from "@hyperion-ts/processes";
import { checkSbatchOptions } from "./check-sbatch-options.ts";
import { sbatchArguments } from "./sbatch-arguments.ts";
import { type SbatchOptions, withSbatchDefaults } from "./sbatch-options.ts";

/** A job that is to be submitted. */
export interface SubmissionRequest {
  /** Its name in Slurm, of letters, digits, `-`, `_` and `.`: no other submission ever has it, so that this one is found by it. */
  readonly name: string;
  /** The job's directory, an absolute path: its working directory, unless the options name another one. */
  readonly directory: string;
  /** The file of its output, an absolute path in a directory that is there. It is appended to: a job that is started again keeps what it had. */
  readonly output: string;
  readonly options: SbatchOptions;
  /** What the script becomes: a program and its arguments. */
  readonly program: readonly string[];
  /** Where the caller keeps the script, for a person to try it. */
  readonly scriptFile?: string;
}

/** What is run, and what it reads from its standard input. */
export interface SbatchCommand {
  readonly argv: readonly string[];
  readonly script: string;
}

/**
 * The command and script of a job.
 *
 * - `exec`: signals of Slurm reach the script's own process, and, where it tracks processes by cgroups, no child of it.
 * - `--export=ALL`: the job has the variables that sbatch has; any list, and NONE, would make the node wait for a login
 *   shell too (sbatch(1), `--export`).
 * - `--open-mode=append`: a requeue would empty the output.
 * - SLURM_JWT is for sbatch alone: in the job it would keep srun from working (sbatch drops it itself from 26.05 on).
 *
 * @throws TypeError and RangeError, as `checkSbatchOptions`, for a request that can't be right
 * @example
 * sbatchCommand({ name: "q7RkW-3Fa", directory: "/data/jobs/1", output: "/data/jobs/1/output", options: {}, program: ["/opt/node", "head.js"] });
 */
export function sbatchCommand(request: SubmissionRequest): SbatchCommand {
  checkRequest(request);
  const options = withSbatchDefaults(request.options, request.directory);
  return {
    argv: [
      "sbatch",
      "--parsable",
      `--job-name=${request.name}`,
      `--output=${request.output.replaceAll("%", "%%")}`,
      "--open-mode=append",
      "--export=ALL",
      ...sbatchArguments(options),
    ],
    script: scriptText(options.scriptPreamble ?? "", request.program),
  };
}

function scriptText(preamble: string, program: readonly string[]): string {
  const lines = preamble === "" || preamble.endsWith("\n") ? preamble : `${preamble}\n`;
  return `#!/bin/sh\nunset SLURM_JWT\n${lines}${scriptCommand(program)}\n`;
}

/**
 * The command and script as a person reads them, and can paste them into a shell.
 *
 * @throws TypeError and RangeError as `sbatchCommand`
 */
export function showSubmission(request: SubmissionRequest): string {
  const { argv, script } = sbatchCommand(request);
  let end = "END_OF_SCRIPT";
  while (script.split("\n").includes(end)) end += "_";
  return `${showCommand(argv)} <<'${end}'\n${script}${end}\n`;
}

/** The command, as a shell takes it; an argument with a carriage return, which a terminal would not show, as JSON. */
export const showCommand = (argv: readonly string[]): string =>
  argv.map((each) => (each.includes("\r") ? JSON.stringify(each) : scriptWords([each]))).join(" ");

const PLACE = "sbatchCommand";

function checkRequest(request: SubmissionRequest): void {
  checkOptions(PLACE, request, {
    name: jobName,
    directory: absolutePath,
    output: outputPath,
    options: structured,
    program: listOf(argumentOfProgram),
    scriptFile: nonEmpty,
  });
  checkValue(PLACE, "name", request.name, jobName);
  checkValue(PLACE, "program", request.program[0], nonEmpty);
  checkSbatchOptions(`${PLACE}: options`, request.options);
}

/** squeue takes commas for a list of names, and prints other characters as they are. */
const jobName: Rule = (value, name) => {
  nonEmpty(value, name);
  if (!/^\w[\w.-]{0,199}$/.test(String(value)))
    throw new RangeError(`${name} must be at most 200 letters, digits, "-", "_" and ".", not ${showValue(value)}`);
};

const absolutePath: Rule = (value, name) => {
  nonEmpty(value, name);
  if (!String(value).startsWith("/")) throw new RangeError(`${name} must be an absolute path, not ${showValue(value)}`);
};

/** In `--output`, `%` begins a pattern, and `%%` is itself; a backslash is dropped in some releases, whatever is before it. */
const outputPath: Rule = (value, name) => {
  absolutePath(value, name);
  if (/[\\\r\n]/.test(String(value)))
    throw new RangeError(
      `${name} can't be ${showValue(value)}: Slurm opens no file for a job's output whose path has a backslash or a line end. Choose another directory`,
    );
};

const argumentOfProgram: Rule = (value, name) => {
  if (typeof value !== "string") throw new TypeError(`${name} must be a text, not ${showValue(value)}`);
  if (/[\0\r]/.test(value))
    throw new RangeError(`${name} must have no NUL and no carriage return, which no script can hold`);
};
