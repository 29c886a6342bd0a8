import { describe, expect, it, test } from "vitest";
import { localShare } from "../../src/run/local-share.ts";

const JOB = {
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
    const { share, note, jobCgroups } = localShare({ ...JOB, SLURM_MEM_PER_NODE: "1000" }, undefined, 8);
    expect(share).toMatchObject({ cpus: 3, memoryMb: 1_000 });
    expect(note).toMatch(
      /^The 3 CPUs and 1000 MB of Slurm job 12 are used of the 8 that this process may use\..*option cpus of runJobLocal$/,
    );
    expect(jobCgroups).toContain("job_12");
  });

  test.each([
    { what: "what a cgroup leaves already: nothing has to be said", env: JOB, usable: 3, expected: 3 },
    {
      what: "one CPU",
      env: { ...JOB, SLURMD_NODENAME: "n1", SLURM_CPUS_ON_NODE: "1" },
      usable: 2,
      expected: 1,
      note: /^The CPU of Slurm job 12 /,
    },
    {
      what: "the CPUs of its step",
      env: { ...JOB, SLURM_CPUS_ON_NODE: "2" },
      usable: 8,
      expected: 2,
      note: /^The 2 CPUs /,
    },
    { what: "no more than the machine, whatever Slurm was told of it", env: JOB, usable: 2, expected: 2 },
    { what: "what a person wants", env: JOB, cpus: 5, usable: 8, expected: 5 },
  ])("a local run has $what", ({ env, cpus, usable, expected, note }) => {
    const found = localShare(env, cpus, usable);
    expect(found.share.cpus).toBe(expected);
    if (note === undefined) expect(found.note).toBeNull();
    else expect(found.note).toMatch(note);
  });

  it("with all of the node's memory (--mem=0), a local run has all of it", () => {
    expect(localShare({ ...JOB, SLURM_MEM_PER_NODE: "0" }, undefined, 8).share.memoryMb).toBeUndefined();
  });

  it("under salloc, outside of the job's nodes, a local run has the machine", () => {
    const { SLURMD_NODENAME: _, ...salloc } = JOB;
    expect(localShare(salloc, undefined, 8)).toEqual({ share: {}, jobCgroups: [], note: null });
  });

  it("whose variables are not understood, a local run has the machine, and says why", () => {
    expect(localShare({ SLURM_JOB_ID: "12" }, undefined, 8)).toMatchObject({
      share: {},
      note: expect.stringMatching(/do not tell which CPUs.*SLURM_/),
    });
  });
});
