/** A program on a login node, as people write it. Its argument says what it is to do; what came of it is in a file. */
import { appendFileSync, existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { inspect } from "node:util";
import {
  concurrently,
  type HasSignal,
  type Job,
  local,
  mapConcurrently,
  mapConcurrentlySettled,
  memoizeWithMap,
  programInfo,
  remoteEval,
} from "@hyperion-ts/job";
import {
  type Cluster,
  type ClusterOptions,
  remoteEvalJob,
  remoteEvalJobM,
  runCluster,
  type SbatchOptions,
  setJobOptions,
} from "../../../src/index.ts";
import { square, squaresJob, sums } from "./squares.ts";

/** What the program does. */
export interface ProgramRequest {
  readonly dir: string;
  /** Each list is a job. */
  readonly jobs: readonly (readonly number[])[];
  readonly ms?: number;
  readonly until?: string;
  readonly waitsFrom?: number;
  /** Whether the jobs' own values are remembered. Default true. */
  readonly memoized?: boolean;
  /** Numbers that are squared by a Slurm job each. */
  readonly singles?: readonly number[];
  readonly sbatch?: SbatchOptions;
  readonly options?: ClusterOptions;
  /** The jobs' inputs are computed when they have begun, which takes until there is a file of this name. */
  readonly inputWhen?: string;
  /** The program fails beside its jobs when there is a file of this name. */
  readonly failsWhen?: string;
  /** Jobs that fail do not end the others. */
  readonly settled?: boolean;
}

/** What came of it. */
export type ProgramOutcome =
  /** What its jobs failed with, in their order. */
  | { readonly kind: "settled"; readonly errors: readonly { readonly name: string; readonly message: string }[] }
  | { readonly kind: "done"; readonly jobs: readonly (readonly number[])[]; readonly singles: readonly number[] }
  | { readonly kind: "failed"; readonly name: string; readonly message: string; readonly cause: string };

const {
  dir,
  jobs,
  ms = 0,
  until: waitsFor,
  waitsFrom,
  memoized = true,
  singles = [],
  sbatch = {},
  options = {},
  inputWhen,
  failsWhen,
  settled = false,
}: ProgramRequest = JSON.parse(process.argv[2] ?? "");
const call = {
  dir,
  ms,
  ...(waitsFor === undefined ? {} : { until: waitsFor }),
  ...(waitsFrom === undefined ? {} : { waitsFrom }),
};

const until = async (file: string, { signal }: HasSignal): Promise<void> => {
  while (!existsSync(join(dir, file))) await sleep(50, undefined, { signal });
};

const fails: Job<void, HasSignal> = async (env) => {
  if (failsWhen === undefined) return;
  await until(failsWhen, env);
  throw new Error("the program fails");
};

const program: Cluster<ProgramOutcome> = async (env) => {
  const squaresOf = (xs: readonly number[]) => {
    const input = { ...call, xs: [...xs] };
    if (inputWhen === undefined) return remoteEvalJob(squaresJob, input);
    return remoteEvalJobM(squaresJob, async (inner: HasSignal) => {
      appendFileSync(join(dir, "inputs"), `${xs.join()}\n`);
      await until(inputWhen, inner);
      return input;
    });
  };
  if (settled) {
    const errors = (await mapConcurrentlySettled(jobs, squaresOf)(env)).flatMap((result) =>
      result.status === "rejected" && result.reason instanceof Error ? [result.reason] : [],
    );
    return { kind: "settled", errors: errors.map(({ name, message }) => ({ name, message })) };
  }
  const all = concurrently(
    mapConcurrently(jobs, (xs) => (memoized ? memoizeWithMap(sums, squaresOf, [...xs]) : squaresOf(xs))),
    mapConcurrently(singles, (x) => remoteEval(square, { ...call, x })),
  );
  const [[ofJobs, ofSingles]] = await concurrently(all, fails)(env);
  return { kind: "done", jobs: ofJobs, singles: ofSingles };
};

if (import.meta.main) {
  const given: ClusterOptions = { onFailure: "reject", ...options };
  const outcome = await runCluster(programInfo(dir), local(setJobOptions(sbatch), program), given).catch(
    (error: unknown): ProgramOutcome =>
      error instanceof Error
        ? { kind: "failed", name: error.name, message: error.message, cause: inspect(error.cause) }
        : { kind: "failed", name: "", message: String(error), cause: "" },
  );
  writeFileSync(join(dir, "outcome.json"), JSON.stringify(outcome));
  if (outcome.kind === "failed") process.exitCode = 1;
}
