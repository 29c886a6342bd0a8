/** Ends of a program that a fault may lead to, and whether one of them is what was seen. */
import type { ProgramEnd } from "./evidence.ts";

/** An end that is as it should be. */
export type ExpectedEnd =
  /** Code 0, and a result of each call. */
  | { readonly type: "completes" }
  /** Code 1 because hostile calls failed; all others have their results. */
  | { readonly type: "completes but for hostile calls" }
  /** By itself, with a code other than 0, and a message that says why. */
  | { readonly type: "fails"; readonly says: RegExp }
  /** By a signal; or a job of Slurm's in such a state, as `"CANCELLED"`. */
  | { readonly type: "is killed"; readonly signal: string };

/** All calls have results. */
export const COMPLETES: ExpectedEnd = { type: "completes" };
/** All but the hostile ones have. */
export const COMPLETES_BUT_FOR_HOSTILE: ExpectedEnd = { type: "completes but for hostile calls" };
/** It fails, and its output has what `says` matches. */
export const fails = (says: RegExp): ExpectedEnd => ({ type: "fails", says });
/** That signal ends it, or Slurm with that state. */
export const isKilled = (signal: string): ExpectedEnd => ({ type: "is killed", signal });

/** Which calls have no result, by what kind of call they are. */
export interface Unfinished {
  /** Keys of calls that misbehave. */
  readonly hostile: readonly number[];
  /** Keys of all others. */
  readonly innocent: readonly number[];
}

/** Whether a program has ended as `expected`. */
export function isExpected(end: ProgramEnd, { hostile, innocent }: Unfinished, expected: ExpectedEnd): boolean {
  if (end.type === "hung") return false;
  switch (expected.type) {
    case "completes":
      return end.code === 0 && hostile.length === 0 && innocent.length === 0;
    case "completes but for hostile calls":
      return end.code !== null && innocent.length === 0 && (end.code === 0) === (hostile.length === 0);
    case "fails":
      return end.code !== null && end.code !== 0 && expected.says.test(end.output);
    case "is killed":
      return end.signal?.split(" ")[0] === expected.signal || tellsOf(end, SIGNAL_NUMBERS[expected.signal]);
    default:
      return expected satisfies never;
  }
}

/** A shell tells of a signal by a code, Slurm by the state of a job that failed, or was cancelled. */
const tellsOf = (
  { code, signal }: { readonly code: number | null; readonly signal: string | null },
  number: number | undefined,
): boolean =>
  number !== undefined && (code === 128 + number || signal === `FAILED ${number}` || signal === `CANCELLED ${number}`);

const SIGNAL_NUMBERS: Readonly<Record<string, number | undefined>> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGABRT: 6,
  SIGKILL: 9,
  SIGUSR1: 10,
  SIGTERM: 15,
};

/** The code, the signal, or `hung`. */
export const endInAWord = (end: ProgramEnd): string =>
  end.type === "hung" ? "hung" : (end.signal ?? String(end.code));

/** Of what was printed, from its begin and from its end. */
const MAX_OUTPUT = 700;

/** An end in words. */
export function showEnd(end: ProgramEnd): string {
  if (end.type === "hung") return `had not ended ${Math.round(end.afterMs)} ms after the fault: ${end.state}`;
  const how = end.signal === null ? `ended with code ${end.code}` : `was ended by ${end.signal}`;
  return `${how}; it printed ${JSON.stringify(excerpt(end.output))}`;
}

const excerpt = (text: string): string =>
  text.length <= 2 * MAX_OUTPUT ? text : `${text.slice(0, MAX_OUTPUT)} ... ${text.slice(-MAX_OUTPUT)}`;
