/** The variables by which programs and numerical libraries learn how many threads to use: as many as the call has CPUs. */

const NAMES = [
  "OMP_NUM_THREADS",
  "OPENBLAS_NUM_THREADS",
  "MKL_NUM_THREADS",
  "BLIS_NUM_THREADS",
  "VECLIB_MAXIMUM_THREADS",
  "NUMEXPR_NUM_THREADS",
  "JULIA_NUM_THREADS",
  "RAYON_NUM_THREADS",
  "GOMAXPROCS",
] as const;

/** The variable that scripts ask in a Slurm job. Its value for the job would be the CPUs of all workers together. */
const OF_SLURM = "SLURM_CPUS_PER_TASK";

/** The variables for a worker that has `cpuCount` CPUs and inherits `environment`. */
export const threadVariables = (cpuCount: number, environment: NodeJS.ProcessEnv): Record<string, string> =>
  Object.fromEntries(
    [...NAMES, ...(environment[OF_SLURM] === undefined ? [] : [OF_SLURM])].map((name) => [name, String(cpuCount)]),
  );
