/**
 * The variables that srun gets. srun takes about a hundred SLURM_, SLURMD_ and SRUN_ variables for options of its own (srun(1),
 * "INPUT ENVIRONMENT VARIABLES"; `env_vars` in Slurm's src/srun/opt.c), more with each release, and in a heterogeneous
 * job each again with _HET_GROUP_N. sbatch sets many of them, and people others. None is meant for our step, so it gets
 * only those that tell where Slurm and the job are. Workers have all of them as on any node (node-surroundings.ts of the package launcher).
 */

/** Whether srun gets a variable of this process. */
export const passedToSrun = (name: string): boolean =>
  !/^(?:SLURMD?|SRUN)_/.test(name) || PASSED.some(([pattern]) => pattern.test(name));

/** The variables of Slurm that srun needs, and what for. */
const PASSED: readonly (readonly [name: RegExp, why: string])[] = [
  [/^SLURM_JOB_ID$/, "the job that the step belongs to"],
  [/^SLURM_HET_SIZE$/, "that the job has components, which --het-group chooses among"],
  [/^SLURM_CONF$/, "where the configuration is"],
  [/^SLURM_CONF_SERVER$/, "who hands out the configuration, where there is no file"],
  [/^SLURM_SACK_/, "how to authenticate with auth/slurm"],
  [/^SLURM_STEPMGR$/, "the node that makes the job's steps, where slurmctld does not (since 24.05)"],
  [/^SLURM_WORKING_CLUSTER$/, "the controller of a job on another cluster"],
  [/^SLURM_SPANK_/, "what the site's plugins have left for their prologs"],
];
