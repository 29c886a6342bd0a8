import { describe, expect, test } from "vitest";
import { submissionEnvironment } from "../../src/sbatch/submission-environment.ts";

describe("sbatch and the job have what a person sets on a login node", () => {
  test.each([
    "PATH",
    "HOME",
    "OMP_NUM_THREADS",
    "TMPDIR",
    "SLURM_CONF",
    "SLURM_CONF_SERVER",
    "SLURM_SACK_KEY",
    "SLURM_JWT",
    "SLURM_CLUSTERS",
    "SLURM_TIME_FORMAT",
    "SBATCH_ACCOUNT",
    "SBATCH_PARTITION",
    "SBATCH_QOS",
    "SBATCH_TIMELIMIT",
    "SBATCH_CLUSTERS",
    "OMPI_MCA_btl",
    "I_MPI_FABRICS",
    "NODE_EXTRA_CA_CERTS",
  ])("%s", (name) => {
    expect(submissionEnvironment({ [name]: "x" })).toEqual({ [name]: "x" });
  });
});

describe("they don't have what tells of an enclosing job or process", () => {
  test.each([
    "SLURM_JOB_ID",
    "SLURM_CPUS_PER_TASK",
    "SLURM_MEM_PER_NODE",
    "SLURM_MEM_PER_CPU",
    "SLURM_NTASKS_PER_NODE",
    "SLURM_TASKS_PER_NODE",
    "SLURM_NNODES",
    "SLURM_CPU_BIND",
    "SLURM_CPU_BIND_LIST",
    "SLURM_MEM_BIND_TYPE",
    "SLURM_GPUS_ON_NODE",
    "SLURM_TRES_PER_TASK",
    "SLURM_HINT",
    "SLURM_DISTRIBUTION",
    "SLURM_OVERLAP",
    "SLURM_EXACT",
    "SLURM_STEP_ID",
    "SLURM_PROCID",
    "SLURM_WORKING_CLUSTER",
    "SLURM_UMASK",
    "SLURM_EXIT_ERROR",
    "SLURM_EXPORT_ENV",
    "SLURM_SPANK_X",
    "_SLURM_SPANK_OPTION_X_Y",
    "SLURMD_NODENAME",
    "SBATCH_CPU_BIND_TYPE",
    "SBATCH_MEM_BIND",
    "SBATCH_ARRAY_INX",
    "SBATCH_WAIT",
    "SBATCH_GET_USER_ENV",
    "SBATCH_ERROR",
    "SBATCH_EXPORT",
    "SRUN_CPUS_PER_TASK",
    "SALLOC_PARTITION",
    "PMI_RANK",
    "PMI2_FD",
    "PMIX_RANK",
    "OMPI_COMM_WORLD_RANK",
    "OMPI_MCA_ess",
    "OMPI_MCA_orte_hnp_uri",
    "CUDA_VISIBLE_DEVICES",
    "GOMP_CPU_AFFINITY",
    "HYPERION_BELONGS_TO",
    "NODE_CHANNEL_FD",
    "NODE_UNIQUE_ID",
  ])("%s", (name) => {
    expect(submissionEnvironment({ [name]: "x" })).toEqual({});
  });
});

describe("NODE_OPTIONS are the same but for a debugger", () => {
  test.each([
    ["--max-old-space-size=4096 --import tsx", "--max-old-space-size=4096 --import tsx"],
    ["--inspect-brk=0.0.0.0:9229 --no-warnings", "--no-warnings"],
    ["--no-warnings --inspect", "--no-warnings"],
    ["--no-warnings --inspect-port 9230 --trace-warnings", "--no-warnings --trace-warnings"],
    [
      "--require /home/a/.vscode-server/extensions/ms-vscode.js-debug/src/bootloader.js --inspect-publish-uid=http -r ./mine.cjs",
      "-r ./mine.cjs",
    ],
    ['--require "/home/a b/js-debug/bootloader.js"', ""],
    ["--import ./inspect.mjs", "--import ./inspect.mjs"],
  ])("%s", (given, kept) => {
    expect(submissionEnvironment({ NODE_OPTIONS: given })).toEqual({ NODE_OPTIONS: kept });
  });
});

test("an undefined variable is none", () => {
  expect(submissionEnvironment({ HOME: undefined })).toEqual({});
});
