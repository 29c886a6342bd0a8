/** Where the workers of a run may run, so that an echo process can be put in the same place. */
import { type JobEnv, mapConcurrently, remoteEval } from "@hyperion-ts/job";
import { whereabouts } from "./functions.ts";
import { CPUS } from "./workspace.ts";

/** Long enough for the second worker to start. */
const BOTH_BUSY_MS = 500;

/** The CPU list of the worker that calls one at a time go to. */
export async function idleWorkerCpus(env: JobEnv): Promise<string> {
  const { cpuList } = await remoteEval(whereabouts, { takesMs: 0 })(env);
  return cpuList;
}

/** The CPU lists of all workers, each started by this if it was not there. */
export async function allWorkerCpus(env: JobEnv): Promise<string[]> {
  const workers = await mapConcurrently(Array.from({ length: CPUS }), () =>
    remoteEval(whereabouts, { takesMs: BOTH_BUSY_MS }),
  )(env);
  return workers.map(({ cpuList }) => cpuList);
}
