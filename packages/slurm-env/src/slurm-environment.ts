/**
 * Single variables, read strictly. Each reader gives undefined for a variable that says nothing,
 * and refuses one that says something it can't mean. (What the job can do without is read through `Notes`.)
 */
import { errorAt, missingVariable } from "./slurm-env-error.ts";
import { parseSlurmJobId, type SlurmJobId } from "./slurm-job-id.ts";

/** The environment of a process, such as `process.env`. */
export type SlurmEnvironment = Readonly<Record<string, string | undefined>>;

/** The text of a variable; Slurm writes `(null)` for some that have none. */
export function readText(env: SlurmEnvironment, variable: string): string | undefined {
  const text = env[variable];
  return text === "" || text === "(null)" ? undefined : text;
}

/**
 * The text of a variable that must say something.
 *
 * @throws SlurmEnvError `missing-variable` when it says nothing
 */
export function requireText(env: SlurmEnvironment, variable: string): string {
  const text = readText(env, variable);
  if (text === undefined) throw missingVariable(variable);
  return text;
}

/** A whole number from 0 on. */
export function readWholeNumber(env: SlurmEnvironment, variable: string): number | undefined {
  const text = readText(env, variable);
  if (text === undefined) return undefined;
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw errorAt(
    "malformed",
    { text, variable },
    Math.max(0, text.search(/\D/)),
    "a whole number of at most 15 digits is expected",
  );
}

/** A whole number from 1 on. */
export function readCount(env: SlurmEnvironment, variable: string): number | undefined {
  const count = readWholeNumber(env, variable);
  if (count === 0)
    throw errorAt("malformed", { text: requireText(env, variable), variable }, 0, "a number of at least 1 is expected");
  return count;
}

/** An amount for which Slurm writes 0 where it does not say one. */
export const readAmount = (env: SlurmEnvironment, variable: string): number | undefined =>
  readWholeNumber(env, variable) || undefined;

/** A job's id; undefined where the variable says nothing. */
export function readJobId(env: SlurmEnvironment, variable: string): SlurmJobId | undefined {
  const id = readCount(env, variable);
  return id === undefined ? undefined : parseSlurmJobId(id);
}

/**
 * A job's id.
 *
 * @throws SlurmEnvError `missing-variable` when the variable says nothing
 */
export function requireJobId(env: SlurmEnvironment, variable: string): SlurmJobId {
  const id = readJobId(env, variable);
  if (id === undefined) throw missingVariable(variable);
  return id;
}
