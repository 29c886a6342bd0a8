/** Calling a whole job. (Hyperion.Job: remoteEvalJob) */
import type { AnyJobFunction, Job, JobEnv, JobFunction } from "@hyperion-ts/job";
import { checkInput, checkOutput, parseInput } from "@hyperion-ts/remote";
import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { HasJobsOrCpus } from "./cluster-env.ts";
import type { JobRequest } from "./job-launcher.ts";

/**
 * Runs a job as a Slurm job of its own, on all that Slurm gives it, and gives its value. On one machine and inside of an
 * allocation it runs there, on the CPUs that are there.
 *
 * A program that is started again joins the Slurm jobs that it had submitted, and takes in the values of those that have ended.
 * A job that fails is held until a person has decided (`hyperion holds`), unless `onFailure` is `"reject"`.
 *
 * @throws InvalidValueError when the schema refuses the input; JobError when the job failed and is not held, or was given up, with its own error as the
 *   `cause`; SubmissionError when Slurm refuses it, likewise; the signal's reason when it was aborted.
 * @example
 * local(setJobType({ nodes: 2, nTasksPerNode: 2 }), remoteEvalJob(rootsJob, { n: 2, points }))
 */
export const remoteEvalJob =
  <I extends StandardSchemaV1, O extends StandardSchemaV1>(
    fn: JobFunction<I, O>,
    input: NoInfer<StandardSchemaV1.InferInput<I>>,
  ): Job<StandardSchemaV1.InferInput<O>, HasJobsOrCpus> =>
  async (env) => {
    await checkInput(fn, input);
    return await called(fn, { value: input }, env);
  };

/**
 * `remoteEvalJob` whose input is computed when the job has begun, once, and kept over all its submissions. A call is known by
 * its input; one without is known by its place among the calls of its job: where a program is started again, the first of
 * them joins the first. (Hyperion: remoteEvalJobM)
 */
export const remoteEvalJobM =
  <I extends StandardSchemaV1, O extends StandardSchemaV1, R>(
    fn: JobFunction<I, O>,
    input: Job<NoInfer<StandardSchemaV1.InferInput<I>>, R>,
  ): Job<StandardSchemaV1.InferInput<O>, HasJobsOrCpus & R> =>
  async (env) =>
    await called(fn, { compute: async () => await checkInput(fn, await input(env)) }, env);

async function called<I extends StandardSchemaV1, O extends StandardSchemaV1>(
  fn: JobFunction<I, O>,
  input: JobRequest["input"],
  env: HasJobsOrCpus,
): Promise<StandardSchemaV1.InferInput<O>> {
  if (env.jobLauncher === undefined) {
    env.noteCode?.(fn.name);
    return await runHere(fn, input, env);
  }
  const { jobLauncher, sbatchOptions, onFailure, signal } = env;
  const { value, codeHash } = await jobLauncher.run({ fn, input, sbatchOptions, onFailure, signal });
  env.noteCode?.(fn.name, codeHash);
  return value;
}

/** Runs a job on the CPUs of `env`. */
export async function runHere(fn: AnyJobFunction, input: JobRequest["input"], env: JobEnv): Promise<unknown> {
  const run = fn.run as (input: unknown) => Job<unknown>;
  const parsed = await parseInput(fn, "value" in input ? input.value : await input.compute());
  return await checkOutput(fn, await run(parsed)(env));
}
