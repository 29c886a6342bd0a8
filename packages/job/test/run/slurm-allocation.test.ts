import { expect, test } from "vitest";
import { slurmAllocation } from "../../src/run/slurm-allocation.ts";

const JOB = {
  SLURM_JOB_ID: "7",
  SLURM_JOB_NODELIST: "n[1-2]",
  SLURM_JOB_CPUS_PER_NODE: "2(x2)",
  SLURMD_NODENAME: "n1",
};
const STEP = { ...JOB, SLURM_STEP_ID: "0", SLURM_STEP_NUM_TASKS: "4", SLURM_PROCID: "0", SLURM_TASK_PID: "100" };

test.each([
  ["the batch script", { ...JOB, SLURM_STEP_ID: "-5", SLURM_STEP_NUM_TASKS: "4" }],
  ["a step of one task", { ...STEP, SLURM_STEP_NUM_TASKS: "1" }],
  ["a step whose number of tasks is odd", { ...STEP, SLURM_STEP_NUM_TASKS: "many" }],
  [
    "the shell of salloc in an interactive step",
    { ...JOB, SLURM_STEP_ID: "4294967290", SLURM_STEP_NUM_TASKS: "2", SLURM_PTY_PORT: "40123", SLURM_PROCID: "0" },
  ],
  ["the shell of the first task of a step with a terminal", { ...STEP, SLURM_PTY_PORT: "40123" }],
])("a program in %s is the only one, and runs on all nodes", (_title, env) => {
  expect(slurmAllocation(env, 200).nodes.map(({ name }) => name)).toEqual(["n1", "n2"]);
});

test.each([
  ["as each task of a step", STEP],
  ["in a script that is each task of a step", { ...STEP, SLURM_TASK_PID: "99" }],
  ["as the first task of a step with a terminal", { ...STEP, SLURM_PTY_PORT: "40123", SLURM_TASK_PID: "200" }],
  ["in the shell of another task of a step with a terminal", { ...STEP, SLURM_PTY_PORT: "40123", SLURM_PROCID: "1" }],
])("a program that srun has started four times, %s, is refused", (_title, env) => {
  expect(() => slurmAllocation(env, 200)).toThrow(/srun has started this program 4 times/);
});
