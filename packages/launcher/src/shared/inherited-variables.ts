/**
 * Which variables of this process others inherit. A program expects the same variables in all workers, with the modules
 * that its job script has loaded; some tell of one process, though, and would mislead every other one, on this
 * machine as on others.
 */
import { matchesAny } from "./name-pattern.ts";

/** What no worker inherits: a worker is told of its own CPUs and GPUs, and is no task of a step. */
const OF_ONE_PROCESS = [
  // Which task of a step of Slurm this is: MPI libraries would join that step.
  "SLURM_PROCID",
  "SLURM_LOCALID",
  "SLURM_NODEID",
  "SLURM_GTIDS",
  "SLURM_TASK_PID",
  // The step, the srun that has launched it, and its terminal.
  "SLURM_STEP*",
  "SLURM_SRUN*",
  "SLURM_LAUNCH*",
  "SLURM_PTY*",
  // How many tasks there are, and where: srun, mpiexec and mpirun would start as many for each call.
  "SLURM_NTASKS*",
  "SLURM_NPROCS",
  "SLURM_NNODES",
  "SLURM_TASKS_PER_NODE",
  "SLURM_DISTRIBUTION",
  // How the step is bound, and what it has of this node.
  "SLURM_CPU_BIND*",
  "SLURM_MEM_BIND*",
  "SLURM_CPUS_ON_NODE",
  "SLURM_GPUS_ON_NODE",
  "SLURM_TOPOLOGY*",
  "SLURMD_*",
  // The process managers by which MPI libraries find the others of a step: Slurm's, Hydra's (MPICH, Intel MPI), MVAPICH's, Cray's.
  "PMI_*",
  "PMI2_*",
  "PMIX_*",
  "SLURM_PMI*",
  "HYDI_*",
  "MPI_LOCAL*",
  "MV2_COMM_WORLD_*",
  "MPISPAWN_*",
  "PALS_*",
  "ALPS_APP_*",
  // Open MPI's. Its parameters (OMPI_MCA_btl and so on) are the person's choice, but for those that its launcher sets.
  "OMPI_COMM_WORLD_*",
  "OMPI_UNIVERSE_SIZE",
  "OMPI_APP_CTX_NUM_PROCS",
  "OMPI_NUM_APP_CTX",
  "OMPI_FIRST_RANKS",
  "OMPI_FILE_LOCATION",
  "OMPI_COMMAND",
  "OMPI_ARGV",
  "OMPI_MCA_ess*",
  "OMPI_MCA_orte_ess*",
  "OMPI_MCA_orte_hnp_uri",
  "OMPI_MCA_orte_local_daemon_uri",
  "OMPI_MCA_orte_jobid",
  "OMPI_MCA_orte_num_nodes",
  "PRTE_LAUNCHED",
  "PRTE_MCA_ess*",
  // Numbers of CPUs or cores of the machine, to which a library pins threads whatever CPUs the worker has: GNU OpenMP, Intel's and LLVM's, NVIDIA's, Julia, MVAPICH.
  "GOMP_CPU_AFFINITY",
  "KMP_HW_SUBSET",
  "KMP_PLACE_THREADS",
  "MP_BLIST",
  "JULIA_EXCLUSIVE",
  "MV2_CPU_MAPPING",
];

/** Variables that no worker inherits if they list numbers of CPUs. They may also say something that holds on any CPUs, such as `OMP_PLACES=cores`. */
const CPU_LISTS: Readonly<Record<string, RegExp>> = {
  OMP_PLACES: /^\s*!?\s*[{\d]/,
  KMP_AFFINITY: /\b(?:explicit|proclist|norespect)\b/i,
  I_MPI_PIN_PROCESSOR_LIST: /^\s*\d/,
  I_MPI_PIN_DOMAIN: /^\s*\[/,
};

/**
 * What tells of one machine, one login or one terminal: another node's own are right there. What is secret on this
 * machine (a ticket cache, an agent's socket) is not that node's business.
 */
const OF_ONE_MACHINE = [
  "_",
  "PWD",
  "OLDPWD",
  "SHLVL",
  "TERM",
  "TTY",
  "LS_COLORS",
  "DISPLAY",
  "XAUTHORITY",
  "WINDOWID",
  "HOST",
  "HOSTNAME",
  "TMP",
  "TMPDIR",
  "TEMP",
  "SLURM_UMASK",
  "KRB5CCNAME",
  "DBUS_*",
  "XDG_*",
  "SSH_*",
  "CUDA_VISIBLE_DEVICES",
  "ROCR_VISIBLE_DEVICES",
  "GPU_DEVICE_ORDINAL",
  "ZE_AFFINITY_MASK",
  "HYPERION_*",
  "NODE_CHANNEL_*",
];

/** Whether a worker inherits this variable on the same machine. */
export const isForWorkers = (name: string, value: string): boolean => !isOfOneProcess(name, value);

/** The variables of `environment` that are good for workers on other nodes too. */
export const variablesForOtherNodes = (environment: NodeJS.ProcessEnv): Record<string, string> =>
  pick(environment, (name, value) => !isOfOneProcess(name, value) && !matchesAny(OF_ONE_MACHINE, name));

const isOfOneProcess = (name: string, value: string): boolean =>
  matchesAny(OF_ONE_PROCESS, name) || CPU_LISTS[name]?.test(value) === true;

const pick = (
  environment: NodeJS.ProcessEnv,
  inherited: (name: string, value: string) => boolean,
): Record<string, string> =>
  Object.fromEntries(
    Object.entries(environment).flatMap(([name, value = ""]) => (inherited(name, value) ? [[name, value]] : [])),
  );
