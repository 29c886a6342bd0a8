/** Calls that write down by themselves where they began and ended, whatever becomes of their results. */
import { appendFileSync, existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { defineRemote } from "@hyperion-ts/job";
import { z } from "zod";

/** One line of the file of notes. */
export interface CallNote {
  readonly what: "begin" | "end";
  readonly x: number;
  readonly node: string;
  readonly cpuIds: readonly number[];
  readonly attempt: number;
  /** The worker's process. */
  readonly pid: number;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** Takes `ms`, and goes on until the file `until` is there, asked to end or not; gives x squared, and where that was. */
export const noted = defineRemote(import.meta, {
  name: "faults/noted",
  input: z.object({ x: z.number(), ms: z.number(), until: z.string().optional(), notes: z.string() }),
  output: z.object({ square: z.number(), node: z.string(), attempt: z.number() }),
  run: async ({ x, ms, until, notes }, { node, cpus, attempt }) => {
    // One short write to a file that is open for appending: notes of many processes don't mix.
    const note = (what: CallNote["what"]): void =>
      appendFileSync(
        notes,
        `${JSON.stringify({ what, x, node, cpuIds: cpus.ids, attempt, pid: process.pid, at: Date.now() } satisfies CallNote)}\n`,
      );
    note("begin");
    await sleep(ms);
    const goesOn = (): boolean => until !== undefined && !existsSync(until);
    while (goesOn()) await sleep(50);
    note("end");
    return { square: x * x, node, attempt };
  },
});
