/** Slurm jobs as typed function calls. See the README. */
export {};
