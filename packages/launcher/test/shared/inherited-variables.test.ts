import { describe, expect, test } from "vitest";
import { isForWorkers, variablesForOtherNodes } from "../../src/shared/inherited-variables.ts";
import { threadVariables } from "../../src/head/thread-variables.ts";
import { surroundings } from "../functions.ts";
import { testNode } from "../world.ts";

const variablesForWorkers = (environment: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(environment).filter(([name, value]) => isForWorkers(name, value)));

/** The environment of a program that srun has started, with PMIx, in a job of which workers should know. */
const OF_JOB = {
  PATH: "/bin",
  SLURM_JOB_ID: "7",
  SLURM_JOBID: "7",
  SLURM_JOB_NODELIST: "n[1-2]",
  SLURM_JOB_CPUS_PER_NODE: "4(x2)",
  SLURM_JOB_NUM_NODES: "2",
  SLURM_JOB_GPUS: "0",
  SLURM_ARRAY_TASK_ID: "3",
  SLURM_SUBMIT_DIR: "/work",
  SLURM_CLUSTER_NAME: "c",
  SLURM_CONF: "/etc/slurm.conf",
  SLURM_MEM_PER_CPU: "100",
};
const OF_STEP = {
  SLURM_STEP_ID: "0",
  SLURM_STEPID: "0",
  SLURM_STEP_NODELIST: "n1",
  SLURM_STEP_TASKS_PER_NODE: "1",
  SLURM_PROCID: "0",
  SLURM_LOCALID: "0",
  SLURM_NODEID: "0",
  SLURM_GTIDS: "0",
  SLURM_TASK_PID: "9",
  SLURM_NTASKS: "8",
  SLURM_NTASKS_PER_NODE: "4",
  SLURM_NPROCS: "8",
  SLURM_NNODES: "2",
  SLURM_TASKS_PER_NODE: "4(x2)",
  SLURM_SRUN_COMM_PORT: "1",
  SLURM_LAUNCH_NODE_IPADDR: "10.0.0.1",
  SLURM_CPU_BIND: "quiet,mask_cpu:0x1",
  SLURM_CPUS_ON_NODE: "4",
  SLURMD_NODENAME: "n1",
  SLURM_PMIX_MAPPING_SERV: "x",
  SLURM_DISTRIBUTION: "block",
};
const OF_MPI = {
  PMI_RANK: "0",
  PMI_SIZE: "8",
  PMI_FD: "5",
  PMIX_RANK: "0",
  PMIX_SERVER_URI41: "x",
  PMIX_NAMESPACE: "s",
  OMPI_COMM_WORLD_RANK: "0",
  OMPI_UNIVERSE_SIZE: "8",
  OMPI_MCA_ess_base_vpid: "0",
  OMPI_MCA_orte_hnp_uri: "x",
  HYDI_CONTROL_FD: "6",
  MPI_LOCALRANKID: "0",
  MV2_COMM_WORLD_RANK: "0",
  PALS_RANKID: "0",
};
const TUNING = {
  OMPI_MCA_btl: "^openib",
  PRTE_MCA_rmaps_default_mapping_policy: "core",
  UCX_TLS: "sm",
  I_MPI_FABRICS: "shm",
  MPICH_ASYNC_PROGRESS: "1",
  OMP_PROC_BIND: "close",
  OMP_STACKSIZE: "64M",
  KMP_BLOCKTIME: "0",
};
const OF_MACHINE = {
  HOSTNAME: "n1",
  TMPDIR: "/local/7",
  PWD: "/work",
  SSH_AUTH_SOCK: "/tmp/agent",
  CUDA_VISIBLE_DEVICES: "0",
};

test("workers know of the job, and the choices of whoever wrote its script; not of a step, and not of its MPI", () => {
  expect(variablesForWorkers({ ...OF_JOB, ...OF_STEP, ...OF_MPI, ...TUNING, ...OF_MACHINE })).toEqual({
    ...OF_JOB,
    ...TUNING,
    ...OF_MACHINE,
  });
  expect(variablesForOtherNodes({ ...OF_JOB, ...OF_STEP, ...OF_MPI, ...TUNING, ...OF_MACHINE })).toEqual({
    ...OF_JOB,
    ...TUNING,
  });
});

describe("of the variables that pin threads, workers have", () => {
  test.each([
    [
      "OMP_PLACES",
      ["cores", "threads", "sockets", "cores(4)", "ll_caches", "numa_domains(2)"],
      ["{0}", "{0:4}:8:4", " {0,1},{2,3}", "!{0}", "0,1,2"],
    ],
    [
      "KMP_AFFINITY",
      ["compact", "granularity=fine,compact,1,0", "disabled", "none", "verbose,scatter"],
      ["explicit,proclist=[0-3]", "granularity=fine,proclist=[0,1],explicit", "norespect,compact"],
    ],
    ["I_MPI_PIN_PROCESSOR_LIST", ["allcores", "all:bunch"], ["0-3", "0,2"]],
    ["I_MPI_PIN_DOMAIN", ["core", "omp", "4:compact"], ["[0x3,0xc]"]],
    ["OMP_PROC_BIND", ["true", "close", "spread,close"], []],
    ["GOMP_CPU_AFFINITY", [], ["0-1", "0 3 1-2 4-15:2"]],
    ["KMP_HW_SUBSET", [], ["1s,4c,1t", "4c@8"]],
    ["JULIA_EXCLUSIVE", [], ["1"]],
  ])("%s when it holds on any CPUs, and not when it names some of the machine's", (name, kept, dropped) => {
    for (const value of kept) expect(variablesForWorkers({ [name]: value }), value).toEqual({ [name]: value });
    for (const value of dropped) expect(variablesForWorkers({ [name]: value }), value).toEqual({});
  });
});

test("a script that asks Slurm how many CPUs it has is told those of its worker, where it is in a job", () => {
  expect(threadVariables(2, { SLURM_CPUS_PER_TASK: "64" })).toMatchObject({
    SLURM_CPUS_PER_TASK: "2",
    OMP_NUM_THREADS: "2",
  });
  expect(threadVariables(2, {})).not.toHaveProperty("SLURM_CPUS_PER_TASK");
});

test("programs of a worker on the program's own node have neither its place in a step nor its lists of CPUs", async () => {
  await using node = await testNode({
    env: {
      ...OF_JOB,
      PATH: process.env["PATH"] ?? "",
      ...OF_STEP,
      ...OF_MPI,
      ...TUNING,
      GOMP_CPU_AFFINITY: "0-1",
      OMP_PLACES: "{0}",
    },
  });
  await using worker = await node.launcher.launch({ cpuCount: 2 });
  const kept = { ...OF_JOB, ...TUNING };
  const { variables } = await worker.call(surroundings, [...Object.keys(kept).slice(1), "OMP_NUM_THREADS"]);
  expect(variables).toEqual([...Object.values(kept).slice(1), "2"]);
  const dropped = await worker.call(surroundings, [
    ...Object.keys(OF_STEP),
    ...Object.keys(OF_MPI),
    "GOMP_CPU_AFFINITY",
    "OMP_PLACES",
  ]);
  expect(dropped.variables.filter((value) => value !== null)).toEqual([]);
});
