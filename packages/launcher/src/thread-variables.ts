/** The variables by which numerical libraries learn how many threads to use: as many as the call has CPUs. */

const names = [
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

export const threadVariables = (cpuCount: number): Record<string, string> => Object.fromEntries(names.map((name) => [name, String(cpuCount)]));
