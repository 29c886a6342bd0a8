import * as fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { parseAllocation, SlurmEnvError } from "../src/index.ts";
import { jobEnv } from "./fixtures/job-env.ts";
import { allVariables, oddText } from "./fixtures/odd-variables.ts";
import { recordedJobs } from "./fixtures/read-fixture.ts";
import { refusalOf } from "./fixtures/refusal.ts";

describe("the environments of real jobs", () => {
  test.each(recordedJobs)(
    "$name: the nodes, and our CPUs on each, are what Slurm allocated",
    ({ env, nodes, hosts }) => {
      const cpusByName = new Map(parseAllocation(env).nodes.map(({ name, cpus }): [string, number] => [name, cpus]));
      if (hosts !== null) expect([...cpusByName.keys()]).toEqual(hosts);
      for (const [name, { cpus }] of Object.entries(nodes)) expect(cpusByName.get(name)).toBe(cpus);
    },
  );

  test.each(recordedJobs)("$name: we run on the node that slurmd names, or under salloc on none", ({ name, env }) => {
    expect(parseAllocation(env).head).toBe(name === "salloc" ? undefined : env["SLURMD_NODENAME"]);
  });

  const recorded = (wanted: string) => parseAllocation(recordedJobs.find(({ name }) => name === wanted)?.env ?? {});

  it("a job array's task knows its array", () => {
    expect(recorded("array.2")).toMatchObject({
      jobId: 20,
      array: { jobId: 18, taskId: 2, taskCount: 3, minTaskId: 1, maxTaskId: 3, taskIdStep: 1 },
    });
  });

  it("GPUs have ids on the node that we run on", () => {
    expect(recorded("gpuspertask").nodes).toMatchObject([{ name: "gpu-a1", gpus: 2, gpuIds: ["0", "1"] }]);
  });

  it("a heterogeneous job has the nodes of all components", () => {
    expect(recorded("het").nodes).toMatchObject([
      { name: "n1", cpus: 2, components: [0] },
      { name: "n2", cpus: 2, components: [1] },
      { name: "n3", cpus: 1, components: [1] },
    ]);
  });

  it("a job's labels are there as Slurm gives them", () => {
    expect(recorded("uneven")).toMatchObject({
      jobName: "probe.sh",
      user: "root",
      partition: "main",
      clusterName: "mini",
      submitHost: "vm",
    });
  });
});

describe("where we run", () => {
  it("a node that is not in the allocation is not its head: salloc called inside another job", () => {
    expect(parseAllocation(jobEnv({ SLURMD_NODENAME: "n7" })).head).toBeUndefined();
  });

  it("inside srun, the step is known and the nodes are still the job's", () => {
    const allocation = parseAllocation(
      jobEnv({
        SLURM_STEP_ID: "3",
        SLURM_NNODES: "1",
        SLURM_NODELIST: "n2",
        SLURM_TASKS_PER_NODE: "1",
        SLURMD_NODENAME: "n2",
      }),
    );
    expect(allocation).toMatchObject({
      stepId: 3,
      head: "n2",
      nodes: [
        { name: "n1", cpus: 4 },
        { name: "n2", cpus: 2 },
      ],
    });
  });

  it("a step's number that was inherited from the job in which this one was submitted is not ours", () => {
    const inherited = { SLURM_STEP_ID: "0", SLURM_STEP_TASKS_PER_NODE: "2", SLURM_STEP_NUM_TASKS: "2" };
    expect(parseAllocation(jobEnv({ ...inherited, SLURM_TASKS_PER_NODE: "4,2" })).stepId).toBeUndefined();
    expect(parseAllocation(jobEnv({ ...inherited, SLURM_TASKS_PER_NODE: "2" })).stepId).toBe(0);
  });

  test.each([
    ["the batch script", "4294967291", "-5"],
    ["the shell of an interactive step", "4294967290", "-6"],
    ["an external step", "4294967292", "-4"],
    ["a pending step", "4294967293", "-3"],
    ["a kind that nobody knows yet", "18446744073709551611", "-17"],
    ["text instead of a number", "batch", "0xfffffffb"],
    ["a component of a step", "0+1", "4711.0"],
  ])("%s (SLURM_STEP_ID=%s or %s) is no numbered step", (_title, ...ids) => {
    for (const id of ids) expect(parseAllocation(jobEnv({ SLURM_STEP_ID: id })).stepId).toBeUndefined();
  });

  it("whatever SLURM_STEP_ID says, the job is read", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.integer().map(String), fc.bigInt().map(String)), (id) => {
        expect(parseAllocation(jobEnv({ SLURM_STEP_ID: id })).nodes).toHaveLength(2);
      }),
    );
  });
});

describe("when the job ends", () => {
  it("seconds since 1970 become milliseconds, and the limit is their difference", () => {
    expect(
      parseAllocation(jobEnv({ SLURM_JOB_START_TIME: "1700000000", SLURM_JOB_END_TIME: "1700003600" })),
    ).toMatchObject({
      startTimeMs: 1_700_000_000_000,
      endTimeMs: 1_700_003_600_000,
      timeLimitMs: 3_600_000,
    });
  });

  it("of an end before the start neither counts: nothing tells which of them is another job's", () => {
    const { startTimeMs, endTimeMs, timeLimitMs, notes } = parseAllocation(
      jobEnv({ SLURM_JOB_START_TIME: "1700003600", SLURM_JOB_END_TIME: "1700000000" }),
    );
    expect([startTimeMs, endTimeMs, timeLimitMs]).toEqual([undefined, undefined, undefined]);
    expect(notes.map(({ variable }) => variable)).toEqual(["SLURM_JOB_START_TIME", "SLURM_JOB_END_TIME"]);
  });
});

describe("an environment in which what is needed can't be right is refused", () => {
  it("outside a job the message says how to get one", () => {
    const refusal = refusalOf(() => parseAllocation({ SLURM_CONF: "/etc/slurm/slurm.conf", PATH: "/bin" }));
    expect(refusal.code).toBe("not-in-job");
    expect(refusal.message).toMatch(/Not inside a Slurm job.*sbatch.*salloc/s);
  });

  test.each(["SLURM_JOB_ID", "SLURM_JOB_NODELIST", "SLURM_JOB_CPUS_PER_NODE"])(
    "in a job, %s must be there",
    (variable) => {
      for (const value of [undefined, "", "(null)"]) {
        expect(refusalOf(() => parseAllocation(jobEnv({ [variable]: value })))).toMatchObject({
          code: "missing-variable",
          variable,
        });
      }
    },
  );

  test.each([
    ["SLURM_JOB_ID", "47a", 2],
    ["SLURM_JOB_ID", "-1", 0],
    ["SLURM_JOB_ID", "0", 0],
    ["SLURM_JOB_ID", "1234567890123456", 0],
    ["SLURM_JOB_NODELIST", "n[1-2", 1],
    ["SLURM_JOB_CPUS_PER_NODE", "4,", 2],
    ["SLURM_JOB_CPUS_PER_NODE", "4(x", 3],
    ["SLURM_JOB_CPUS_PER_NODE", "4(x2", 4],
    ["SLURM_JOB_CPUS_PER_NODE", "4(x0),2(x2)", 3],
    ["SLURM_JOB_CPUS_PER_NODE", "4;2", 1],
    ["SLURM_JOB_CPUS_PER_NODE", "4,0", 2],
    ["SLURM_JOB_CPUS_PER_NODE", "4,9999999999", 2],
  ])("%s=%s is malformed at %i", (variable, text, position) => {
    expect(refusalOf(() => parseAllocation(jobEnv({ [variable]: text })))).toMatchObject({
      code: "malformed",
      variable,
      text,
      position,
    });
  });

  test.each([
    ["SLURM_JOB_CPUS_PER_NODE", "4(x3)", "describes 3 node(s) and the job has 2"],
    ["SLURM_JOB_CPUS_PER_NODE", "4", "describes 1 node(s) and the job has 2"],
    ["SLURM_JOB_CPUS_PER_NODE", "4(x999999999)", "describes 999999999 node(s)"],
    ["SLURM_JOB_NODELIST", "n[1,1]", "names a node twice"],
  ])("%s=%s contradicts the rest", (variable, text, problem) => {
    const refusal = refusalOf(() => parseAllocation(jobEnv({ [variable]: text })));
    expect(refusal).toMatchObject({ code: "contradiction", variable, text });
    expect(refusal.message).toContain(problem);
  });

  it("a list of too many nodes is refused before it is built", () => {
    const refusal = refusalOf(() => parseAllocation(jobEnv({ SLURM_JOB_NODELIST: "n[1-70000]" })));
    expect(refusal).toMatchObject({ code: "too-many-names", variable: "SLURM_JOB_NODELIST" });
  });

  it("whatever is in a variable, the environment is read or refused, and nothing else happens", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...recordedJobs),
        fc.dictionary(fc.constantFrom(...allVariables), oddText),
        ({ env }, changed) => {
          try {
            expect(parseAllocation({ ...env, ...changed }).nodes.length).toBeGreaterThan(0);
          } catch (error) {
            if (!(error instanceof SlurmEnvError)) throw error;
          }
        },
      ),
      { numRuns: 1000 },
    );
  });
});
