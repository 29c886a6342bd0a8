/** Running a job wherever this program is. */
import { refuseInWorker } from "@hyperion-ts/remote";
import type { Job } from "./job.ts";
import type { ProgramInfo } from "./program-info.ts";
import { runJobLocal, type RunLocalOptions } from "./run-job-local.ts";
import { runJobSlurm, type RunSlurmOptions } from "./run-job-slurm.ts";

/**
 * `runJobSlurm` inside of a Slurm allocation, `runJobLocal` elsewhere: the same program on a laptop and under sbatch.
 *
 * @throws what these two throw.
 * @example
 * const table = await runJob(programInfo("./out"), roots(2, points, 1e-9));
 */
export async function runJob<A>(
  info: ProgramInfo,
  job: Job<A>,
  options: RunLocalOptions & RunSlurmOptions = {},
): Promise<A> {
  refuseInWorker("runJob");
  const [{ endingProgram }, { checkRun }] = await Promise.all([
    import("./run/program-end.ts"),
    import("./run/check-run-options.ts"),
  ]);
  return endingProgram(() => {
    // All of them, wherever this is: what is wrong on the cluster only should not be found there.
    checkRun("runJob", info, job, options);
    if (process.env["SLURM_JOB_ID"] === undefined) return runJobLocal(info, job, localOptions(options));
    const { cpus: _cpus, inProcess: _inProcess, ...ofSlurm } = options;
    return runJobSlurm(info, job, ofSlurm);
  });
}

/** Those of them that matter on this machine. */
export function localOptions(options: RunLocalOptions & RunSlurmOptions): RunLocalOptions {
  const {
    cpus,
    inProcess,
    leastNodes: _least,
    reach: _reach,
    times: { endGraceMs: _grace, ...times } = {},
    ...both
  } = options;
  return { ...both, times, ...given({ cpus, inProcess }) };
}

/** Those that are not undefined. */
type Given<O> = { readonly [K in keyof O]?: Exclude<O[K], undefined> };

const given = <O extends object>(options: O): Given<O> =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Given<O>;
