import { describe, expect, it, test } from "vitest";
import { localShare } from "../../src/run/local-share.ts";

const job = {
  SLURM_JOB_ID: "12",
  SLURM_JOB_NODELIST: "n[1-2]",
  SLURM_JOB_NUM_NODES: "2",
  SLURM_JOB_CPUS_PER_NODE: "1,3",
  SLURMD_NODENAME: "n2",
  SLURM_CPUS_ON_NODE: "3",
};

test("outside of a Slurm job a local run has the whole machine, or as many CPUs as it asks for", () => {
  expect(localShare({}, undefined, 8)).toEqual({ share: {}, jobCgroups: [], note: null });
  expect(localShare({}, 5, 8)).toMatchObject({ share: { cpus: 5, exactly: true }, note: null });
});

describe("inside of a Slurm job", () => {
  it("a local run has the job's CPUs and memory of this node, and says so", () => {
    const { share, note, jobCgroups } = localShare({ ...job, SLURM_MEM_PER_NODE: "1000" }, undefined, 8);
    expect(share).toMatchObject({ cpus: 3, memoryMb: 1_000 });
    expect(note).toMatch(
      /^The 3 CPUs and 1000 MB of Slurm job 12 are used of the 8 that this process may use\..*option cpus of runJobLocal$/,
    );
    expect(jobCgroups).toContain("job_12");
  });

  test.each([
    ["what a cgroup leaves already: nothing has to be said", job, undefined, 3, 3, null],
    [
      "one CPU",
      { ...job, SLURMD_NODENAME: "n1", SLURM_CPUS_ON_NODE: "1" },
      undefined,
      2,
      1,
      /^The CPU of Slurm job 12 /,
    ],
    ["the CPUs of its step", { ...job, SLURM_CPUS_ON_NODE: "2" }, undefined, 8, 2, /^The 2 CPUs /],
    ["no more than the machine, whatever Slurm was told of it", job, undefined, 2, 2, null],
    ["what a person wants", job, 5, 8, 5, null],
  ] as const)("a local run has %s", (_, env, cpus, usable, expected, note) => {
    const found = localShare(env, cpus, usable);
    expect(found.share.cpus).toBe(expected);
    if (note === null) expect(found.note).toBeNull();
    else expect(found.note).toMatch(note);
  });

  it("with all of the node's memory (--mem=0), a local run has all of it", () => {
    expect(localShare({ ...job, SLURM_MEM_PER_NODE: "0" }, undefined, 8).share.memoryMb).toBeUndefined();
  });

  it("under salloc, outside of the job's nodes, a local run has the machine", () => {
    const { SLURMD_NODENAME: _, ...salloc } = job;
    expect(localShare(salloc, undefined, 8)).toEqual({ share: {}, jobCgroups: [], note: null });
  });

  it("whose variables are not understood, a local run has the machine, and says why", () => {
    expect(localShare({ SLURM_JOB_ID: "12" }, undefined, 8)).toMatchObject({
      share: {},
      note: expect.stringMatching(/do not tell which CPUs.*SLURM_/),
    });
  });
});
