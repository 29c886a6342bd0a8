import { expect, it } from "vitest";
import { parseAllocation, type SlurmEnvironment } from "../src/index.ts";
import { jobEnv } from "./fixtures/job-env.ts";
import { refusalOf } from "./fixtures/refusal.ts";

const cpus = (changes: SlurmEnvironment): readonly number[] =>
  parseAllocation(jobEnv(changes)).nodes.map((node) => node.cpus);
const WITHOUT_JOB_CPUS = { SLURM_JOB_CPUS_PER_NODE: undefined };

it("uneven nodes have the CPUs that SLURM_JOB_CPUS_PER_NODE lists, with repetitions", () => {
  expect(
    cpus({ SLURM_JOB_NODELIST: "n[1-7]", SLURM_JOB_NUM_NODES: "7", SLURM_JOB_CPUS_PER_NODE: "8(x2),4(x4),1" }),
  ).toEqual([8, 8, 4, 4, 4, 4, 1]);
});

it("the task variables are ignored beside it: they may be a step's, or an outer job's", () => {
  expect(cpus({ SLURM_NTASKS_PER_NODE: "16", SLURM_TASKS_PER_NODE: "1", SLURM_CPUS_PER_TASK: "3" })).toEqual([4, 2]);
});

it("without it, CPUs are the tasks of each node times the CPUs of a task", () => {
  expect(cpus({ ...WITHOUT_JOB_CPUS, SLURM_TASKS_PER_NODE: "3,1", SLURM_CPUS_PER_TASK: "2" })).toEqual([6, 2]);
  expect(cpus({ ...WITHOUT_JOB_CPUS, SLURM_TASKS_PER_NODE: "3(x2)", SLURM_NTASKS_PER_NODE: "16" })).toEqual([3, 3]);
});

it("SLURM_NTASKS_PER_NODE is the last resort", () => {
  expect(cpus({ ...WITHOUT_JOB_CPUS, SLURM_NTASKS_PER_NODE: "5" })).toEqual([5, 5]);
});

it("inside a step there is no fallback, since its tasks are not the job's", () => {
  const refusal = refusalOf(() => cpus({ ...WITHOUT_JOB_CPUS, SLURM_STEP_ID: "0", SLURM_TASKS_PER_NODE: "1(x2)" }));
  expect(refusal).toMatchObject({ code: "missing-variable", variable: "SLURM_JOB_CPUS_PER_NODE" });
});

it("a product that is no number of CPUs is refused", () => {
  expect(
    refusalOf(() =>
      cpus({ ...WITHOUT_JOB_CPUS, SLURM_TASKS_PER_NODE: "999999999(x2)", SLURM_CPUS_PER_TASK: "999999999999999" }),
    ).code,
  ).toBe("malformed");
});
