/** Programs whose jobs run where they are: on one machine, or in an allocation. Loaded when there is one. */
import type { Job, JobEnv } from "@hyperion-ts/job";
import type { Cluster, ClusterEnv } from "./cluster-env.ts";
import type { JobLauncher } from "./job-launcher.ts";
import { runHere } from "./remote-eval-job.ts";

/** `cluster` as one job: its jobs, and single functions, run on the CPUs of that one, and what is asked of Slurm does not matter. */
export const here =
  <A>(cluster: Cluster<A>): Job<A> =>
  (env) => {
    const inside: ClusterEnv = { ...env, jobLauncher: jobsHere(env), sbatchOptions: {} };
    return cluster(inside);
  };

const jobsHere = (env: JobEnv): JobLauncher => ({
  run: async ({ fn, input, signal }) => ({ value: await runHere(fn, input, { ...env, signal }) }),
  tasks: () => env.taskLauncher,
});
