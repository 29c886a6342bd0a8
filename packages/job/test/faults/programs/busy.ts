/**
 * The function of the storm. In a file of its own that loads nothing but what it needs: where a worker lives for less
 * than a second, what it loads decides whether it gets anything done.
 */
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { defineRemote } from "@hyperion-ts/remote";
import type { StandardSchemaV1 } from "@standard-schema/spec";

/** What a call says of itself; times in milliseconds on the clock that all processes of a machine share. */
export interface CallRecord {
  readonly x: number;
  readonly square: number;
  readonly pid: number;
  readonly attempt: number;
  /** What the kernel lets it use: `Cpus_allowed_list` of proc(5). */
  readonly cpus: string;
  /** The CPUs that it was given, in the same form. */
  readonly lease: string;
  readonly start: number;
  readonly end: number;
}

/** A schema that takes any value for an `A`. */
const unchecked = <A>(): StandardSchemaV1<A> => ({
  "~standard": { version: 1, vendor: "test", validate: (value) => ({ value: value as A }) },
});

const now = (): number => Number(process.hrtime.bigint()) / 1e6;

const mask = /^Cpus_allowed_list:\s*(\S+)$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1] ?? "";

/** Takes `ms` milliseconds, which it spends computing or waiting. */
export const busy = defineRemote(import.meta, {
  name: "storm/busy",
  input: unchecked<{ readonly x: number; readonly ms: number; readonly how: "computing" | "waiting" }>(),
  output: unchecked<CallRecord>(),
  run: async ({ x, ms, how }, { attempt, cpus: { ids } }) => {
    const start = now();
    if (how === "waiting") await sleep(ms);
    while (now() < start + ms);
    return { x, square: x * x, pid: process.pid, attempt, cpus: mask, lease: ids.join(","), start, end: now() };
  },
});
