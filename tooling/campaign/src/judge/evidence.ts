/** All that the judge knows of a round. It is gathered from outside: nothing of it was asked of the code under test. */
import type { CallPlan } from "../plan.ts";
import type { Acknowledgement, Note } from "../program/journal.ts";

/** How a process ended. */
export type ProgramEnd =
  /** By itself, with an exit code or by a signal; the other one is null. `output`: all that it printed. */
  | { readonly type: "exited"; readonly code: number | null; readonly signal: string | null; readonly output: string }
  /** It had not ended so many milliseconds after the fault, and was killed by us; `state` is what it was seen doing. */
  | { readonly type: "hung"; readonly afterMs: number; readonly state: string };

/** One result in a database file. */
export interface StoredRow {
  /** The call's key. */
  readonly key: number;
  /** What is stored for it. */
  readonly value: unknown;
  /** How many rows of that file have this key. */
  readonly times: number;
}

/** One run of the program, and what was there when it had ended. */
export interface RunEvidence {
  /** How the program ended. */
  readonly end: ProgramEnd;
  /** Processes of it that did not end by themselves. */
  readonly leftProcesses: readonly string[];
  /** The rows of all database files, wherever they were found. */
  readonly rows: readonly StoredRow[];
}

/** What was seen of a round. */
export interface Evidence {
  /** All calls that the program had to make. */
  readonly calls: readonly CallPlan[];
  /** What both runs have acknowledged. */
  readonly acknowledgements: readonly Acknowledgement[];
  /** What the calls of both runs have noted. */
  readonly notes: readonly Note[];
  /** The run that the fault struck. */
  readonly first: RunEvidence;
  /** How other programs ended that the fault had started in the same directory. */
  readonly others: readonly ProgramEnd[];
  /** What the second run found in its database. */
  readonly rowsBetween: readonly StoredRow[];
  /** When the second run began, in milliseconds of the monotonic clock. */
  readonly secondAt: number;
  /** The run after it, which nothing disturbs. */
  readonly second: RunEvidence;
  /** Temporary files, locks, sockets and the like that are there after the second run. */
  readonly leftFiles: readonly string[];
  /** Results that were acknowledged before may be lost: the fault has destroyed them itself. Default: none may. */
  readonly destroyedBefore?: number;
}
