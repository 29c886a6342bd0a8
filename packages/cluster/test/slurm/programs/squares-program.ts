/** A program on a login node, as people write it. Its argument says what it is to do; what came of it is in a file. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { local, mapConcurrently, memoizeWithMap, programInfo, remoteEval } from "@hyperion-ts/job";
import {
  type Cluster,
  type ClusterOptions,
  remoteEvalJob,
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
  /** Whether the jobs' own values are remembered. Default true. */
  readonly memoized?: boolean;
  /** Numbers that are squared by a Slurm job each. */
  readonly singles?: readonly number[];
  readonly sbatch?: SbatchOptions;
  readonly options?: ClusterOptions;
}

/** What came of it. */
export type ProgramOutcome =
  | { readonly kind: "done"; readonly jobs: readonly (readonly number[])[]; readonly singles: readonly number[] }
  | { readonly kind: "failed"; readonly name: string; readonly message: string; readonly cause: string };

const {
  dir,
  jobs,
  ms = 0,
  until,
  memoized = true,
  singles = [],
  sbatch = {},
  options = {},
}: ProgramRequest = JSON.parse(process.argv[2] ?? "");
const call = { dir, ms, ...(until === undefined ? {} : { until }) };

const program: Cluster<ProgramOutcome> = async (env) => {
  const squaresOf = (xs: readonly number[]) => remoteEvalJob(squaresJob, { ...call, xs: [...xs] });
  const [ofJobs, ofSingles] = await Promise.all([
    mapConcurrently(jobs, (xs) => (memoized ? memoizeWithMap(sums, squaresOf, [...xs]) : squaresOf(xs)))(env),
    mapConcurrently(singles, (x) => remoteEval(square, { ...call, x }))(env),
  ]);
  return { kind: "done", jobs: ofJobs, singles: ofSingles };
};

if (import.meta.main) {
  const outcome = await runCluster(programInfo(dir), local(setJobOptions(sbatch), program), options).catch(
    (error: unknown): ProgramOutcome =>
      error instanceof Error
        ? { kind: "failed", name: error.name, message: error.message, cause: String(error.cause) }
        : { kind: "failed", name: "", message: String(error), cause: "" },
  );
  writeFileSync(join(dir, "outcome.json"), JSON.stringify(outcome));
  if (outcome.kind === "failed") process.exitCode = 1;
}
