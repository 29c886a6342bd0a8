/** Jobs that run where the program is: on one machine, or in an allocation that it was started in. */
import type { JobEnv } from "@hyperion-ts/job";
import type { JobLauncher } from "./job-launcher.ts";
import { runHere } from "./remote-eval-job.ts";

/** Runs jobs, and single functions, on the CPUs of `env`; what is asked of Slurm does not matter there. */
export const jobsHere = (env: JobEnv): JobLauncher => ({
  run: async ({ fn, input, signal }) => ({ value: await runHere(fn, input, { ...env, signal }) }),
  tasks: () => env.taskLauncher,
});
