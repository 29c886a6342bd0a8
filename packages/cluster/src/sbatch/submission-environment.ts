/**
 * The variables that sbatch gets, and with them the job. A shell inside of a job, or one that was started there once (in
 * tmux, say), has variables that tell of that job: sbatch and srun take many of them for options, and MPI and CUDA for
 * the place where they are. Nothing tells such a shell from another one, so they are left out always, by list. What a
 * person sets for sbatch on a login node (SBATCH_ACCOUNT, ...) stays. (sbatch(1), "INPUT ENVIRONMENT VARIABLES") Pure.
 */

/**
 * The environment for sbatch, of that of this process.
 *
 * @example
 * submissionEnvironment({ PATH: "/usr/bin", SLURM_JOB_ID: "4711", SLURM_CPU_BIND: "quiet,mask_cpu:0x1" }); // { PATH: "/usr/bin" }
 */
export const submissionEnvironment = (
  env: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(env).flatMap(([name, value]): [string, string][] => {
      if (value === undefined || !isPassed(name)) return [];
      return [[name, name === "NODE_OPTIONS" ? withoutDebugger(value) : value]];
    }),
  );

const isPassed = (name: string): boolean => matches(KEPT, name) || !matches(LEFT_OUT, name);

const matches = (list: Reasons, name: string): boolean => list.some(([pattern]) => pattern.test(name));

type Reasons = readonly (readonly [name: RegExp, why: string])[];

/** What stays of names that are left out below. */
const KEPT: Reasons = [
  [/^SLURM_CONF$/, "where the configuration is"],
  [/^SLURM_CONF_SERVER$/, "who hands out the configuration, where there is no file"],
  [/^SLURM_CONFIG_FETCH$/, "how the configuration is fetched"],
  [/^SLURM_SACK_/, "how to authenticate with auth/slurm"],
  [/^SLURM_JWT$/, "how to authenticate with auth/jwt; the script takes it from the job"],
  [/^SLURM_CLUSTERS$/, "the cluster that the person has chosen; no job sets it"],
  [/^SLURM_(?:TIME_FORMAT|BITSTR_LEN)$/, "how the person likes to read what Slurm's commands print; no job sets it"],
];

const LEFT_OUT: Reasons = [
  [/^SLURMD?_/, "the enclosing job and step: sbatch and srun take CPUs, memory, binding and hints from them"],
  [/^_?SLURM_SPANK_|^SPANK_/, "options of a site's plugins for the enclosing job"],
  [/^SALLOC_|^SRUN_/, "options of the enclosing job's steps, which would hold for those of the new one"],
  [/^SBATCH_(?:CPU|MEM)_BIND/, "sbatch's own output: how the enclosing job is bound"],
  [/^SBATCH_ARRAY_INX$/, "the job would be started several times"],
  [/^SBATCH_WAIT$/, "sbatch would wait for the job's end"],
  [/^SBATCH_GET_USER_ENV$/, "the node would wait for a login shell, and hold the job where that fails"],
  [/^SBATCH_ERROR$/, "the job's errors would go elsewhere than its output, and not be found"],
  [/^SBATCH_(?:JOB_NAME|OUTPUT|OPEN_MODE|EXPORT)$/, "each submission says these itself"],
  [/^PMI2?_|^PMIX_|^PALS_|^ALPS_APP_/, "process managers: an MPI library would join the enclosing step"],
  [/^HYDI?_|^MPI_LOCAL|^MPISPAWN_|^MV2_COMM_WORLD_/, "the same of Hydra (MPICH, Intel MPI) and MVAPICH"],
  [
    /^OMPI_(?!MCA_)|^OMPI_MCA_(?:ess|orte|prte|plm)|^PRTE_/,
    "the same of Open MPI; its other parameters are the person's choice",
  ],
  [/^GOMP_CPU_AFFINITY$|^MV2_CPU_MAPPING$/, "numbers of the enclosing job's CPUs"],
  [
    /^(?:CUDA|ROCR|HIP)_VISIBLE_DEVICES$|^GPU_DEVICE_ORDINAL$|^ZE_AFFINITY_MASK$/,
    "numbers of the enclosing job's GPUs: a job without GPUs would keep them",
  ],
  [/^HYPERION_/, "marks of our own: with the worker that submits a job, its agent would end the job's processes"],
  [/^NODE_CHANNEL_/, "a descriptor of this process: Node.js would not start where it is not open"],
  [/^NODE_UNIQUE_ID$/, "a Node.js of the module cluster would wait for its primary"],
  [/^VSCODE_INSPECTOR_OPTIONS$/, "the debugger of an editor, which the job can't reach"],
];

/**
 * NODE_OPTIONS hold for the job as they do here (memory, loaders), but for a debugger: several programs would take its
 * port, and `--inspect-brk` would wait for somebody to come.
 */
const withoutDebugger = (options: string): string =>
  options
    .replaceAll(/(?<!\S)(?:-r|--require|--import)[ =](?:"[^"]*js-debug[^"]*"|\S*js-debug\S*)/g, "")
    .replaceAll(/(?<!\S)--(?:inspect|debug-port)\S*(?: (?!-)\S+)?/g, "")
    .trim()
    .replaceAll(/ {2,}/g, " ");
