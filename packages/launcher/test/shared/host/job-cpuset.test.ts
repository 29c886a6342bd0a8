import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { describe, expect, it, test } from "vitest";
import type { CgroupMount } from "../../../src/shared/host/cgroup-mounts.ts";
import { type JobOnNode, jobCpuset } from "../../../src/shared/host/job-cpuset.ts";
import { fakeTree } from "./fake-tree.ts";

const uid = process.getuid?.() ?? 0;
const SLUID = "sA55M89F9V8E00";
const JOB: JobOnNode = { node: "n1", folders: ["job_12", SLUID] };
/** This process runs in the folder. */
const live = (folder: string): Record<string, string> => ({ [`${folder}/cgroup.procs`]: String(process.pid) });
const version1 = (folder: string, cpus: string): Record<string, string> => ({
  [`${folder}/cpuset.cpus`]: cpus,
  ...live(`${folder}/step_extern`),
});
const version2 = (folder: string, cpus: string, effective = cpus): Record<string, string> => ({
  [`${folder}/cpuset.cpus`]: cpus,
  [`${folder}/cpuset.cpus.effective`]: effective,
  ...live(`${folder}/step_extern/user/task_special`),
});

/** What an agent finds where these files are below two mounts, `v1` for cpusets and `v2`. */
function found(
  files: Readonly<Record<string, string>>,
  { wanted = JOB, as = uid }: { readonly wanted?: JobOnNode; readonly as?: number } = {},
): readonly number[] | null {
  using tree = fakeTree({ "v1/": "", "v2/": "", "memory/": "", ...files });
  const mounts: readonly CgroupMount[] = [
    { version: 1, controllers: ["rw", "memory"], folder: join(tree.folder, "memory"), root: "/" },
    { version: 1, controllers: ["rw", "cpuset"], folder: join(tree.folder, "v1"), root: "/" },
    { version: 2, controllers: [], folder: join(tree.folder, "v2"), root: "/" },
  ];
  return jobCpuset(wanted, mounts, as);
}

describe("a job's cpuset is found", () => {
  test.each([
    ["in version 1", version1(`v1/slurm/uid_${uid}/job_12`, "2-3")],
    [
      "in version 1, of a Slurm that is built for several slurmd, as Debian's",
      version1(`v1/slurm_n1/uid_${uid}/job_12`, "2-3"),
    ],
    ["in version 1 of a container", version1(`v1/docker/4fe1/slurm/uid_${uid}/job_12`, "2-3")],
    ["in version 2", version2("v2/system.slice/slurmstepd.scope/job_12", "2-3")],
    [
      "in version 2 under the job's SLUID, as from Slurm 26.05 on",
      version2(`v2/system.slice/slurmstepd.scope/${SLUID}`, "2-3"),
    ],
    [
      "in version 2, of a Slurm that is built for several slurmd",
      version2("v2/system.slice/n1_slurmstepd.scope/job_12", "2-3"),
    ],
    ["in a slice of its own (CgroupSlice)", version2("v2/hpc.slice/hpc-slurm.slice/slurmstepd.scope/job_12", "2-3")],
    [
      "in version 2 of a container",
      version2(`v2/docker.slice/docker-4fe1.scope/system.slice/n1_slurmstepd.scope/${SLUID}`, "2-3"),
    ],
    [
      "where less is in effect than was asked for: what is",
      version2("v2/system.slice/slurmstepd.scope/job_12", "2-7", "2-3"),
    ],
  ])("%s", (_, files) => {
    expect(found(files)).toEqual([2, 3]);
  });

  it("of all components of a heterogeneous job that are on the node", () => {
    const files = {
      ...version1(`v1/slurm/uid_${uid}/job_12`, "0"),
      ...version1(`v1/slurm/uid_${uid}/job_13`, "2-3"),
      ...version1(`v1/slurm/uid_${uid}/job_14`, "5"),
    };
    expect(found(files, { wanted: { node: "n1", folders: ["job_12", "job_13"] } })).toEqual([0, 2, 3]);
  });
});

describe("no cpuset is taken", () => {
  test.each([
    ["that is another job's", version1(`v1/slurm/uid_${uid}/job_13`, "2-3")],
    [
      "that is another user's job of this number, as after the numbers have begun again",
      version1(`v1/slurm/uid_${uid + 1}/job_12`, "2-3"),
    ],
    [
      "that is this job's on another node, whose slurmd runs on the same machine",
      {
        ...version1(`v1/slurm_n2/uid_${uid}/job_12`, "2-3"),
        ...version2("v2/system.slice/n2_slurmstepd.scope/job_12", "2-3"),
      },
    ],
    [
      "in which nobody runs, as what an earlier start of the job has left",
      { [`v1/slurm/uid_${uid}/job_12/cpuset.cpus`]: "2-3", [`v1/slurm/uid_${uid}/job_12/step_0/cgroup.procs`]: "" },
    ],
    ["that binds to no CPUs (without ConstrainCores)", version2("v2/system.slice/slurmstepd.scope/job_12", "", "0-7")],
    ["that is empty", version1(`v1/slurm/uid_${uid}/job_12`, "")],
    ["of a folder called so that is not Slurm's", version2("v2/user.slice/job_12", "2-3")],
    ["where there are no cgroups", {}],
  ])("%s", (_, files) => {
    expect(found(files)).toBeNull();
  });

  it.runIf(uid === 0)("in whose folder of version 2 another user's processes run", async () => {
    const stranger = spawn("sleep", ["1000"], { uid: 65_534, stdio: "ignore" });
    try {
      await once(stranger, "spawn");
      const files = {
        ...version2("v2/system.slice/slurmstepd.scope/job_12", "2-3"),
        "v2/system.slice/slurmstepd.scope/job_12/step_extern/user/task_special/cgroup.procs": String(stranger.pid),
      };
      expect([found(files, { as: 1_000 }), found(files, { as: 65_534 })]).toEqual([null, [2, 3]]);
    } finally {
      stranger.kill("SIGKILL");
    }
  });

  it("without a job", () => {
    expect(found(version1(`v1/slurm/uid_${uid}/job_12`, "2-3"), { wanted: { node: "", folders: [] } })).toBeNull();
  });
});
