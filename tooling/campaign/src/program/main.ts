/**
 * The program under test: `main.ts PLAN`, where PLAN is the path of a ProgramPlan. It remembers the result of each call, and
 * writes down each result that it has in hand, and each call that has failed. It handles errors as programs do that
 * don't: what ends the run ends it with a stack trace and code 1.
 */
import { readFileSync } from "node:fs";
import { CallError, type Job, mapConcurrently, programInfo, runJobLocal, runJobSlurm } from "@hyperion-ts/job";
import type { CallPlan, ProgramPlan } from "../plan.ts";
import { append, journalOf, monotonicMs } from "./journal.ts";
import { acknowledge, remembered } from "./remembered.ts";

const [file = ""] = process.argv.slice(2);
const { dir, journals, run, where, calls, haltAtCommitMs, options }: ProgramPlan = JSON.parse(
  readFileSync(file, "utf8"),
);

const failures: CallError[] = [];

/** A call that fails costs the others nothing. */
const one =
  (call: CallPlan): Job<void> =>
  async (env) => {
    try {
      await remembered(call, { run, journals })(env);
      acknowledge(call, { run, journals });
    } catch (error) {
      if (!(error instanceof CallError)) throw error;
      append(
        journalOf.acknowledgements(journals),
        { what: "failed", run, key: call.key, at: monotonicMs(), message: error.message },
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
