/**
 * Optional variables that are not understood. Nobody needs them to run on the job's nodes, and they may be left over from
 * another job, or be changed by a script or by a later Slurm: each then counts as not set, and a note says so.
 */
import { quote, SlurmEnvError } from "./slurm-env-error.ts";

/** An optional variable whose text is not understood, or can't be true beside another one: it counts as not set. */
export interface EnvironmentNote {
  /** The variable's name. */
  readonly variable: string;
  /** What it is set to. */
  readonly text: string;
  /** The same for a person, with the reason, in one line. */
  readonly message: string;
}

/** Collects notes while an environment is read; one for each variable. */
export class Notes {
  readonly #notes = new Map<string, EnvironmentNote>();

  /** The notes up to now, in the order in which their variables were read. */
  get all(): readonly EnvironmentNote[] {
    return [...this.#notes.values()];
  }

  /** What `read` gives; undefined, and a note, where it refuses a variable. */
  unlessOdd<A>(read: () => A): A | undefined {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof SlurmEnvError) || error.variable === undefined) throw error;
      this.passOver(error.variable, error.text ?? "", error.problem);
      return undefined;
    }
  }

  /** Notes that a variable counts as not set, because of `problem`. */
  passOver(variable: string, text: string, problem: string): void {
    if (this.#notes.has(variable)) return;
    this.#notes.set(variable, { variable, text, message: `${variable}=${quote(text)} counts as not set: ${problem}` });
  }
}
