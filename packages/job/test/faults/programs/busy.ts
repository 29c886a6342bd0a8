/**
 * The function of the storm. In a file of its own that loads nothing but what it needs: where a worker lives for a tenth
 * of a second, what it loads decides whether it gets anything done.
 */
import { readFileSync } from "node:fs";
import { defineRemote } from "@hyperion-ts/remote";
import type { StandardSchemaV1 } from "@standard-schema/spec";

/** What a call says of itself; times in milliseconds on the clock that all processes of a machine share. */
export interface CallRecord {
  readonly x: number;
  readonly square: number;
  readonly pid: number;
  readonly attempt: number;
  /** As in `Cpus_allowed_list` of proc(5). */
  readonly cpus: string;
  readonly start: number;
  readonly end: number;
}

/** A schema that takes any value for an `A`. */
const unchecked = <A>(): StandardSchemaV1<A> => ({ "~standard": { version: 1, vendor: "test", validate: (value) => ({ value: value as A }) } });

const now = (): number => Number(process.hrtime.bigint()) / 1e6;

const mask = /^Cpus_allowed_list:\s*(\S+)$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1] ?? "";

/** Keeps its CPU busy for 1 to 3 milliseconds. */
export const busy = defineRemote(import.meta, {
  name: "storm/busy",
  input: unchecked<{ readonly x: number }>(),
  output: unchecked<CallRecord>(),
  run: ({ x }, { attempt }) => {
    const start = now();
    const until = start + 1 + (x % 3);
    while (now() < until);
    return { x, square: x * x, pid: process.pid, attempt, cpus: mask, start, end: now() };
  },
});
