/** What the programs under test do for each call: they remember its result, and write down that they have it in hand. */
import {
  type Job,
  keyValMap,
  local,
  memoizeWithMap,
  remoteEval,
  setTaskMemory,
  setTaskTimeLimit,
} from "@hyperion-ts/job";
import { z } from "zod";
import type { CallPlan, HostileCall, ProgramPlan } from "../plan.ts";
import { compute } from "./calls.ts";
import { append, journalOf, monotonicMs } from "./journal.ts";

/** Which run it is, and where it writes down what it does. */
export type RunOfProgram = Pick<ProgramPlan, "run" | "journals">;

const results = keyValMap("campaign", z.object({ key: z.int() }), z.int());

function within<A>({ timeLimitMs, memoryMb }: Partial<HostileCall>, job: Job<A>): Job<A> {
  const timed = timeLimitMs === undefined ? job : local(setTaskTimeLimit(timeLimitMs), job);
  return memoryMb === undefined ? timed : local(setTaskMemory(memoryMb), timed);
}

/** Computes a call, or finds its result. */
export const remembered = (call: CallPlan, { run, journals }: RunOfProgram): Job<number> =>
  memoizeWithMap(
    results,
    () => within(call.hostile ?? {}, remoteEval(compute, { ...call, run, journal: journalOf.computations(journals) })),
    { key: call.key },
  );

/** Writes down that the program has the result of a call. */
export const acknowledge = ({ key }: CallPlan, { run, journals }: RunOfProgram): void =>
  append(journalOf.acknowledgements(journals), { what: "acknowledged", run, key, at: monotonicMs() }, "as");
