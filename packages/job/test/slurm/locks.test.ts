/** A results database that programs of several clusters, and of several users, want. */
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { describeOnTestbed, type SlurmSettings, type Testbed, testbed } from "@hyperion-ts/testbed";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectSound } from "./faults-checks.ts";
import { numbers, RunDir, untilSome, USER } from "./faults-cluster.ts";
import type { FaultRequest } from "./programs/faults-program.ts";

describeOnTestbed(describe)("a directory that two clusters share", { timeout: 180_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), "hyperion-locks-"));
  let alpha: Testbed;
  let beta: Testbed;

  const open = (name: string, slurm: SlurmSettings = {}): Promise<Testbed> =>
    testbed({
      nodes: [
        { name: "n1", cpus: 2 },
        { name: "n2", cpus: 2 },
      ],
      share: [
        { from: resolve(import.meta.dirname, "../../../.."), to: "/srv/checkout" },
        { from: dirname(realpathSync(process.execPath)), to: "/opt/node" },
        { from: join(folder, "runs"), to: "/srv/runs" },
      ],
      slurm: { ClusterName: name, ...slurm },
    });

  beforeAll(async () => {
    mkdirSync(join(folder, "runs"));
    chmodSync(join(folder, "runs"), 0o777);
    [alpha, beta] = await Promise.all([open("alpha"), open("beta")]);
  });
  afterAll(async () => {
    await Promise.all([alpha, beta].map((cluster) => cluster[Symbol.asyncDispose]()));
    rmSync(folder, { recursive: true, force: true });
  });

  async function dirOf(name: string): Promise<RunDir> {
    await alpha.run("login", ["mkdir", `/srv/runs/${name}`], { user: USER });
    return new RunDir(join(folder, "runs", name), `/srv/runs/${name}`);
  }

  const submit = (cluster: Testbed, dir: RunDir, request: FaultRequest, ...args: readonly string[]) =>
    cluster.sbatch(dir.script(request), {
      user: USER,
      cwd: dir.inCluster,
      args: ["-n1", "-o", "out.txt", "--open-mode=append", ...args],
    });

  /** What a program of that user hears of the job that a lock names. */
  async function asked(cluster: Testbed, lockedBy: string, by = USER): Promise<{ own: string; hasEnded: boolean }> {
    const { stdout, stderr } = await cluster.run(
      "login",
      ["/opt/node/node", "/srv/checkout/packages/job/test/slurm/programs/asks-ended.ts", lockedBy],
      { user: by },
    );
    expect(stderr).toBe("");
    return JSON.parse(stdout);
  }

  const lockOf = (dir: RunDir): { job: string } =>
    JSON.parse(readFileSync(join(dir.path, "results.sqlite.lock"), "utf8"));

  it("the lock of a job that runs on one is not taken by the other, which names that job, whatever it knows of one with the same id", async () => {
    const dir = await dirOf("running");
    const holder = await submit(alpha, dir, { width: 2, ms: 10, goOn: true });
    await untilSome("result", () => dir.notes.some(({ what }) => what === "end"));
    const { job } = lockOf(dir);
    expect(job).toMatch(new RegExp(`^Slurm job ${holder} \\(start 0, user \\d+\\) of cluster alpha$`));
    // Over there the same id is one that nobody knows, or that of the asking job itself, then one that has ended.
    for (let id = 0; id <= holder;) {
      const other = await submit(beta, dir, { width: 2, ms: 10 });
      expect(await beta.waitForJob(other)).toMatchObject({ state: "FAILED" });
      const refusal = new RegExp(
        `Slurm job ${holder} \\(start 0, user \\d+\\) of cluster alpha\\).* can't be checked from here`,
      );
      expect(dir.outcome).toMatchObject({
        type: "failed",
        name: "ResultsError",
        message: expect.stringMatching(refusal),
      });
      expect(lockOf(dir)).toMatchObject({ job });
      id = other;
    }
    dir.make("finish");
    expect(await alpha.waitForJob(holder)).toMatchObject({ state: "COMPLETED" });
    expectSound(dir);
  });

  it("the lock that a killed job has left is taken on another node of its own cluster, and not on the other cluster", async () => {
    const dir = await dirOf("killed");
    const holder = await submit(alpha, dir, { width: 2, ms: 10, goOn: true }, "-w", "n1");
    await untilSome("result", () => dir.notes.some(({ what }) => what === "end"));
    const { job } = lockOf(dir);
    for (const { pid, argv } of alpha.processes("n1"))
      if (argv.some((arg) => arg.endsWith("faults-program.ts"))) process.kill(pid, "SIGKILL");
    expect(await alpha.waitForJob(holder)).toMatchObject({ state: "FAILED" });
    expect(lockOf(dir)).toMatchObject({ job });
    expect(await asked(beta, job)).toMatchObject({ own: expect.stringContaining("of cluster beta"), hasEnded: false });
    dir.make("finish");
    const next = await submit(alpha, dir, { width: 2, ms: 10 }, "-w", "n2");
    expect(await alpha.waitForJob(next)).toMatchObject({ state: "COMPLETED" });
    expect(dir.rows.slice(0, 2).map(({ x }) => x)).toEqual(numbers(2));
  });

  it("a job that Slurm has forgotten has ended for its own user, and for nobody else: a stranger's may be hidden", async () => {
    await using gamma = await open("gamma", { PrivateData: "jobs", MinJobAge: "2" });
    const id = await gamma.sbatch("#!/bin/sh\nsleep 1000\n", { user: USER });
    await untilSome("job", async () => (await gamma.job(id))[0]?.state === "RUNNING");
    const { own } = await asked(gamma, "");
    const lockedBy = own.replace(/job \d+/, `job ${id}`);
    const answers = async () =>
      [await asked(gamma, lockedBy), await asked(gamma, lockedBy, "bob")].map(({ hasEnded }) => hasEnded);
    expect(await answers()).toEqual([false, false]);
    await gamma.run("login", ["scontrol", "update", "PartitionName=main", "Hidden=YES"]);
    expect(await answers()).toEqual([false, false]);
    await gamma.run("login", ["scancel", String(id)], { user: USER });
    await untilSome(
      "end that Slurm has forgotten",
      async () => (await gamma.run("login", ["scontrol", "show", "job", String(id)])).exitCode !== 0,
    );
    expect(await answers()).toEqual([true, false]);
  });
});
