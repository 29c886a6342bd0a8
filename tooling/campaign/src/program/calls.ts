/**
 * The function of the program under test. It loads nothing but what it needs: how long a worker takes to start decides how
 * many rounds a campaign has time for.
 */
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { defineRemote } from "@hyperion-ts/remote";
import { type CallPlan, valueOf } from "../plan.ts";
import { append, monotonicMs, type Note } from "./journal.ts";
import { misbehave } from "./misbehaviour.ts";
import { unchecked } from "./unchecked.ts";

/** A call, and where it writes down that it ran. */
export interface CallInput extends CallPlan {
  /** The name of the run, for the journal. */
  readonly run: string;
  /** The folder of the journals. */
  readonly journal: string;
}

const SLICE_MS = 5;

/** Takes `ms` milliseconds; calls with even keys wait, the others compute. */
export const compute = defineRemote(import.meta, {
  name: "campaign/compute",
  input: unchecked<CallInput>(),
  output: unchecked<number>(),
  run: async ({ key, ms, hostile, run, journal }, context) => {
    const { attempt, node, cpus } = context;
    const mask = /^Cpus_allowed_list:\s*(\S+)$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1] ?? "";
    const note = (what: Note["what"]): void =>
      append(
        journal,
        { what, run, key, attempt, node, pid: process.pid, mask, lease: cpus.ids, at: monotonicMs() },
        "a",
      );
    note("begin");
    if (hostile !== undefined && attempt <= hostile.attempts) await misbehave(hostile.does, context, note);
    const end = monotonicMs() + ms;
    for (let left = ms; left > 0; left = end - monotonicMs()) {
      if (key % 2 === 0) await sleep(Math.min(SLICE_MS, left));
      else computeFor(Math.min(SLICE_MS, left));
      note("alive");
    }
    note("end");
    return valueOf(key);
  },
});

function computeFor(ms: number): void {
  const end = monotonicMs() + ms;
  while (monotonicMs() < end);
}
