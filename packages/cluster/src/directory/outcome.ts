/** How a job ended, as its head says it: the last file that is written into a job directory. Pure. */
import { decodeValue, encodeValue, type ErrorData } from "@hyperion-ts/wire";

/** What became of a job. */
export type Outcome =
  | { readonly kind: "value"; readonly value: unknown }
  /** The job threw, or its schema refused its value. */
  | { readonly kind: "error"; readonly error: ErrorData }
  /** A signal ended it; `timeIsUp`: because its time was over. */
  | { readonly kind: "interrupted"; readonly signal: string; readonly timeIsUp: boolean; readonly error: ErrorData };

/** An end that a signal brought: Slurm may start the job again. */
export type Interruption = Extract<Outcome, { readonly kind: "interrupted" }>;

/** An end after which nothing comes. */
export type LastWord = Exclude<Outcome, Interruption>;

/** Whether nothing comes after it. */
export const isLastWord = (outcome: Outcome): outcome is LastWord => outcome.kind !== "interrupted";

/** An outcome, and whose it is. */
export interface SignedOutcome {
  /** The id of the job directory. */
  readonly id: string;
  /** The number of the submission, from 1 on. */
  readonly submission: number;
  /** Slurm's name of the node that its head ran on; absent where Slurm has not told. */
  readonly node?: string | undefined;
  readonly outcome: Outcome;
}

/** An outcome as the bytes of its file. */
export const encodeOutcome = (signed: SignedOutcome): Uint8Array => encodeValue(signed);

/** The outcome in the bytes of a file; undefined for one that is of another directory. */
export function decodeOutcome(bytes: Uint8Array, id: string): SignedOutcome | undefined {
  const signed = decodeValue(bytes) as SignedOutcome;
  return signed.id === id ? signed : undefined;
}
