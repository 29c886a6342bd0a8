/**
 * The one error of this package: what is wrong, in which variable, and where in its text.
 * Slurm guesses at bad input (`n[1-3` is to it a host named `n]`); a guess here would be a
 * worker started on a host that does not exist, so everything doubtful ends in this error.
 */

/**
 * What went wrong, stable across versions.
 * - `not-in-job`: no variable of a Slurm job is there at all.
 * - `missing-variable`: it is a job, but a variable that must be there is not.
 * - `malformed`: a text does not follow its grammar.
 * - `too-many-names`: a hostlist stands for more names than we are ready to build.
 * - `contradiction`: two variables, each well formed, cannot both be true.
 */
export type SlurmEnvErrorCode = "not-in-job" | "missing-variable" | "malformed" | "too-many-names" | "contradiction";

/** A text under examination, and the environment variable that it came from, if any. */
export interface Source {
  /** All of the text. */
  readonly text: string;
  /** The variable's name. */
  readonly variable?: string | undefined;
}

interface Details extends Partial<Source> {
  /** Offset into `text`, counted from 0. */
  readonly position?: number;
  readonly problem?: string;
}

/**
 * A hostlist or an environment that this package refuses.
 *
 * The message shows the text with a caret under the place. `position` counts UTF-16 units from 0;
 * the message counts characters from 1.
 */
export class SlurmEnvError extends Error {
  override readonly name = "SlurmEnvError";
  /** What went wrong; see `SlurmEnvErrorCode`. */
  readonly code: SlurmEnvErrorCode;
  /** The environment variable that is wrong, if it is one. */
  readonly variable: string | undefined;
  /** The text that is wrong: all of it. */
  readonly text: string | undefined;
  /** Where in the text, in UTF-16 units from 0 on. */
  readonly position: number | undefined;
  /** What is wrong with the text, without variable, text and place. */
  readonly problem: string;

  constructor(code: SlurmEnvErrorCode, message: string, { variable, text, position, problem = message }: Details = {}) {
    super(message);
    this.code = code;
    this.variable = variable;
    this.text = text;
    this.position = position;
    this.problem = problem;
  }
}

/** The error for a text that is wrong at `position`, with that place shown. */
export function errorAt(code: SlurmEnvErrorCode, source: Source, position: number, problem: string): SlurmEnvError {
  const subject = source.variable ?? "The text";
  const advice = source.variable === undefined ? "" : `\n${SLURM_SETS_IT}`;
  const message = `${subject}, at character ${position + 1}: ${problem}\n${pointAt(source.text, position)}${advice}`;
  return new SlurmEnvError(code, message, { ...source, position, problem });
}

/** The error for a variable that a job must have. */
export const missingVariable = (variable: string): SlurmEnvError =>
  new SlurmEnvError(
    "missing-variable",
    `${variable} is missing from the environment of this Slurm job.\n${SLURM_SETS_IT}`,
    { variable },
  );

/** The error for a variable that is well formed and cannot be true beside another. */
export const contradiction = (source: Source, problem: string): SlurmEnvError =>
  new SlurmEnvError(
    "contradiction",
    `${source.variable ?? "The text"} is ${quote(source.text)}, but ${problem}.\n${SLURM_SETS_IT}`,
    { ...source, problem },
  );

const SLURM_SETS_IT =
  "Slurm sets this variable itself: look for a script or a shell start file that changes it, or for one left over from " +
  "an outer job (`env | grep SLURM_` shows all; `sbatch --export=NONE` submits without them).";

/** Enough of a line to find the place, and not the whole of a hostile megabyte. */
const EXCERPT_RADIUS = 40;

function pointAt(text: string, position: number): string {
  const from = Math.max(0, position - EXCERPT_RADIUS);
  const to = position + EXCERPT_RADIUS;
  const before = (from > 0 ? "..." : "") + escape(text.slice(from, position));
  const after = escape(text.slice(position, to)) + (to < text.length ? "..." : "");
  return `  ${before}${after}\n  ${" ".repeat(before.length)}^`;
}

/** The text for a message: in one line, and not the whole of a very long one. */
export const quote = (text: string): string =>
  `"${escape(text.slice(0, 2 * EXCERPT_RADIUS))}${text.length > 2 * EXCERPT_RADIUS ? "..." : ""}"`;

/** Control and invisible characters as escapes: they must not reach a terminal, nor move the caret. */
const escape = (text: string): string =>
  text.replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
