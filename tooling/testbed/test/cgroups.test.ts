import { availableParallelism } from "node:os";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { describeOnTestbed, testbed } from "../src/index.ts";
import type { Testbed } from "../src/index.ts";

const cpus = availableParallelism();

describeOnTestbed(describe, { cgroups: true })("a cluster with cgroups", () => {
  let cluster: Testbed;
  beforeAll(async () => {
    cluster = await testbed({
      cgroups: true,
      nodes: [
        { name: "n1", cpus },
        { name: "gpu1", cpus, gpus: 3 },
      ],
    });
  });
  afterAll(async () => {
    await cluster[Symbol.asyncDispose]();
  });
  const asAlice = async (node: string, ...command: readonly string[]): Promise<string> => {
    const { stdout, stderr } = await cluster.run(node, command, { user: "alice" });
    return stdout + stderr;
  };
  /** Two jobs on one node, which wait for each other: what each printed. */
  const two = (args: readonly string[], script: string): Promise<readonly string[]> => {
    const meeting = `/home/alice/meeting-${performance.now()}`;
    const body = `${script}; mkdir -p ${meeting}; touch ${meeting}/$SLURM_JOB_ID; until [ $(ls ${meeting} | wc -l) = 2 ]; do sleep 0.05; done`;
    return Promise.all([1, 2].map(() => asAlice("login", "srun", ...args, "sh", "-c", body)));
  };

  it("pins a job to its CPUs: one job's are not another's", async () => {
    const lists = await two(
      ["-w", "n1", "-n1", `-c${Math.floor(cpus / 2)}`, "--mem=100"],
      "grep Cpus_allowed_list /proc/self/status",
    );
    expect(new Set(lists).size).toBe(2);
    expect(lists).not.toContain(await asAlice("n1", "grep", "Cpus_allowed_list", "/proc/self/status"));
  });

  it("shows each machine its own part as the whole, at the path that Debian's slurmd has on a machine of its own", async () => {
    const script =
      "sed -n 's/.*:cpuset://p' /proc/self/cgroup; ls -d /sys/fs/cgroup/cpuset/slurm_*; grep -c ' - cgroup .*cpuset' /proc/self/mountinfo";
    expect(
      (await asAlice("login", "srun", "-w", "n1", "sh", "-c", script))
        .replace(/job_\d+/, "job_N")
        .replace("/task_0", "")
        .split("\n"),
    ).toEqual(["/slurm_n1/uid_20001/job_N/step_0", "/sys/fs/cgroup/cpuset/slurm_n1", "1", ""]);
    for (const [from, to] of [
      ["login", "n1"],
      ["n1", "gpu1"],
    ] as const)
      expect(await asAlice(from, "ssh", to, script)).toBe(`/\n/sys/fs/cgroup/cpuset/slurm_${to}\n1\n`);
  });

  it("kills what needs more memory than the job has, and Slurm says so", async () => {
    const id = await cluster.sbatch("#!/bin/sh\nexec perl -e '$x = \"a\" x 300_000_000; sleep 1'\n", {
      user: "alice",
      args: ["--mem=100"],
    });
    const { state, parts } = await cluster.waitForJob(id);
    expect(state).toBe("OUT_OF_MEMORY");
    expect(await cluster.readFile(parts[0]?.outputFile ?? "")).toMatch(/oom.kill/);
  });

  it("lets a job open its own GPUs only, which it counts from 0", async () => {
    const open = "for gpu in /run/hyperion-testbed/gpu/*; do cat $gpu; done 2>&1 | sed 's/.*: //'";
    const seen = await two(
      ["-w", "gpu1", "--gres=gpu:1", "--mem=100"],
      `echo $CUDA_VISIBLE_DEVICES $SLURM_STEP_GPUS; ${open}`,
    );
    const [own, other] = ["No such device or address", "Operation not permitted"];
    expect(seen.toSorted()).toEqual([
      ["0 0", own, other, other, ""].join("\n"),
      ["0 1", other, own, other, ""].join("\n"),
    ]);
    // Who comes by ssh is not in the job: nothing is refused there.
    expect(await asAlice("login", "ssh", "gpu1", open)).toBe(`${own}\n${own}\n${own}\n`);
    expect(
      await asAlice("login", "srun", "-w", "gpu1", "sh", "-c", "echo gone >/dev/null; head -c 1 /dev/zero | wc -c"),
    ).toBe("1\n");
  });

  it("leaves the environment of commands alone", async () => {
    const names = (await cluster.run("n1", ["env"], { user: "bob" })).stdout
      .trimEnd()
      .split("\n")
      .map((line) => line.split("=")[0]);
    expect(new Set(names)).toEqual(new Set(["HOME", "LANG", "LOGNAME", "PATH", "SHELL", "TMPDIR", "USER"]));
    expect((await cluster.run("n1", ["env"], { env: { PWD: "/home/bob/." } })).stdout).toContain("PWD=/home/bob/.\n");
  });

  it("has a node back after it was without power while a job ran", async () => {
    const id = await cluster.sbatch("#!/bin/sh\nsleep 1000\n", { user: "alice", args: ["-w", "n1", "--no-requeue"] });
    await expect
      .poll(() => cluster.processes("n1").some(({ argv }) => argv[1] === "1000"), { timeout: 30_000 })
      .toBe(true);
    await cluster.fault.stop("n1");
    await cluster.fault.heal("n1");
    await cluster.run("login", ["scancel", String(id)]);
    expect(await asAlice("login", "srun", "--quiet", "-w", "n1", "--mem=100", "hostname")).toBe("n1\n");
    expect(
      await asAlice("n1", "sh", "-c", `ls -d /sys/fs/cgroup/*/slurm_n1/uid_20001/job_${id} 2>/dev/null | wc -l`),
    ).toBe("0\n");
  });
});

describeOnTestbed(describe, { cgroups: true })("a node with cgroups that is smaller than the machine", () => {
  it("gives jobs no more CPUs than it claims", async () => {
    await using cluster = await testbed({ cgroups: true, nodes: [{ name: "n1", cpus: 1 }] });
    const { stdout } = await cluster.run(
      "login",
      ["srun", "--exclusive", "grep", "-h", "Cpus_allowed_list", "/proc/self/status"],
      { user: "alice" },
    );
    expect(stdout).toMatch(/^Cpus_allowed_list:\s*\d+\n$/);
  });

  it("can't be larger", async () => {
    await expect(testbed({ cgroups: true, nodes: [{ name: "n1", cpus: 4096 }] })).rejects.toThrow(
      /n1 claims 4096 CPUs, and this machine has \d+/,
    );
  });
});
