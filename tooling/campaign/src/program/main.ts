/**
 * The program under test: `main.ts PLAN`, where PLAN is the path of a ProgramPlan. It remembers the result of each call, and
 * writes down each result that it has in hand, and each call that has failed. It handles errors as programs do that
 * don't: what ends the run ends it with a stack trace and code 1.
 */
import { readFileSync } from "node:fs";
import {
  CallError,
  type Job,
  keyValMap,
  local,
  mapConcurrently,
  memoizeWithMap,
  programInfo,
  remoteEval,
  runJobLocal,
  runJobSlurm,
  setTaskMemory,
  setTaskTimeLimit,
} from "@hyperion-ts/job";
import { z } from "zod";
import type { CallPlan, HostileCall, ProgramPlan } from "../plan.ts";
import { compute } from "./calls.ts";
import { append, journalOf, monotonicMs } from "./journal.ts";

const [file = ""] = process.argv.slice(2);
const { dir, journals, run, where, calls, haltAtCommitMs, options }: ProgramPlan = JSON.parse(
  readFileSync(file, "utf8"),
);

const results = keyValMap("campaign", z.object({ key: z.int() }), z.int());
const failures: CallError[] = [];

function within<A>({ timeLimitMs, memoryMb }: Partial<HostileCall>, job: Job<A>): Job<A> {
  const timed = timeLimitMs === undefined ? job : local(setTaskTimeLimit(timeLimitMs), job);
  return memoryMb === undefined ? timed : local(setTaskMemory(memoryMb), timed);
}

const remembered = (call: CallPlan): Job<number> =>
  memoizeWithMap(
    results,
    () => within(call.hostile ?? {}, remoteEval(compute, { ...call, run, journal: journalOf.computations(journals) })),
    { key: call.key },
  );

/** A call that fails costs the others nothing. */
const one =
  (call: CallPlan): Job<void> =>
  async (env) => {
    const note = { run, key: call.key } as const;
    try {
      await remembered(call)(env);
      append(journalOf.acknowledgements(journals), { what: "acknowledged", ...note, at: monotonicMs() }, "as");
    } catch (error) {
      if (!(error instanceof CallError)) throw error;
      append(
        journalOf.acknowledgements(journals),
        { what: "failed", ...note, at: monotonicMs(), message: error.message },
        "as",
      );
      failures.push(error);
    }
  };

const halt = (): void => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, haltAtCommitMs);
function aroundCommit(commit: () => void): void {
  halt();
  commit();
  halt();
}
const allOptions = haltAtCommitMs === 0 ? options : { ...options, results: { aroundCommit } };

const job = mapConcurrently(calls, one);
const info = programInfo(dir);
if (where === "laptop") await runJobLocal(info, job, allOptions);
else await runJobSlurm(info, job, allOptions);
if (failures.length > 0)
  throw new AggregateError(failures, `${failures.length} of ${calls.length} calls failed: ${failures[0]?.message}`);
console.log(`all ${calls.length} calls are done`);
