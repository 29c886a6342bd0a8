/** How long running calls may go on after each of Slurm's signals: until the end that Slurm knows by then. */
import type { SlurmJobId } from "@hyperion-ts/slurm-env";
import { describeOnTestbed } from "@hyperion-ts/testbed";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { FaultCluster, type LoggedEvent, type RunDir, untilSome, USER } from "./faults-cluster.ts";

const MINUTE_MS = 60_000;
/** As a run has it that nobody has told otherwise. */
const END_GRACE_MS = 20_000;
const ENDLESS = { width: 8, ms: 3_600_000 };

vi.setConfig({ maxConcurrency: 6, testTimeout: 240_000 });

describeOnTestbed(describe)("running calls", () => {
  let cluster: FaultCluster;
  beforeAll(async () => {
    cluster = await FaultCluster.open(6, { PreemptType: "preempt/partition_prio", PreemptMode: "CANCEL" }, [
      { name: "main" },
      { name: "urgent", nodes: ["n5"] },
    ]);
    await slurm("scontrol", "update", "PartitionName=main", "GraceTime=200", "PriorityTier=1");
    await slurm("scontrol", "update", "PartitionName=urgent", "PriorityTier=9");
  });
  afterAll(() => cluster[Symbol.asyncDispose]());

  async function slurm(...command: readonly string[]): Promise<void> {
    expect(await cluster.testbed.run("login", command)).toMatchObject({ exitCode: 0 });
  }

  /** A program on one node, with two calls that run. */
  async function busyOn(
    node: string,
    args: readonly string[],
    request = ENDLESS,
    start = "exec",
  ): Promise<{ dir: RunDir; id: SlurmJobId }> {
    const dir = await cluster.dir(node);
    const id = await cluster.testbed.sbatch(dir.script(request).replace("exec", start), {
      user: USER,
      cwd: dir.inCluster,
      args: ["-w", node, "--exclusive", "-o", "out.txt", ...args],
    });
    await untilSome("two running calls", () => dir.running.length === 2);
    return { dir, id };
  }

  type Interruption = Extract<LoggedEvent, { type: "run-interrupted" }>;

  const interruptions = (dir: RunDir, count: number): Promise<readonly Interruption[]> =>
    untilSome(`interruption ${count}`, () => {
      const events = dir.eventsOf("run-interrupted");
      return events.length >= count && events;
    });

  /** scancel after a warning leaves them the grace of the end, and no more. */
  async function expectShorterByScancel({ dir, id }: { dir: RunDir; id: SlurmJobId }): Promise<void> {
    await slurm("scancel", String(id));
    const [, last] = await interruptions(dir, 2);
    expect(last).toMatchObject({
      signal: "SIGTERM",
      graceMs: expect.toSatisfy((ms: number) => ms > 0 && ms <= END_GRACE_MS),
    });
    expect(await cluster.testbed.waitForJob(id)).toMatchObject({ state: "CANCELLED" });
    expect(dir.outcome).toMatchObject({
      name: "InterruptedError",
      exitCode: 143,
      calls: { done: 0, running: 2, waiting: 6 },
    });
  }

  test.concurrent("may go on until the end that Slurm knows after a warning, and for 20 s after scancel, also when it comes behind a warning", async () => {
    const job = await busyOn("n1", ["-t", "30"]);
    await slurm("scancel", "--batch", "--signal=USR1", String(job.id));
    const [first] = await interruptions(job.dir, 1);
    expect(first).toMatchObject({
      signal: "SIGUSR1",
      graceMs: expect.toSatisfy((ms: number) => ms > 20 * MINUTE_MS && ms <= 30 * MINUTE_MS),
    });
    await expectShorterByScancel(job);
  });

  test.concurrent("may go on until the end that the time limit was changed to", async () => {
    const job = await busyOn("n2", ["-t", "30"]);
    await slurm("scontrol", "update", `JobId=${job.id}`, "TimeLimit=10");
    await slurm("scancel", "--batch", "--signal=USR2", String(job.id));
    const [first] = await interruptions(job.dir, 1);
    expect(first).toMatchObject({
      signal: "SIGUSR2",
      graceMs: expect.toSatisfy((ms: number) => ms > 5 * MINUTE_MS && ms <= 10 * MINUTE_MS),
    });
    await expectShorterByScancel(job);
  });

  test.concurrent("may go on for 20 s after SIGTERM at the time limit", async () => {
    const { dir, id } = await busyOn("n3", ["-t", "30"]);
    await slurm(
      "scontrol",
      "update",
      `JobId=${id}`,
      `EndTime=${new Date(Date.now() + 3_000).toISOString().slice(0, 19)}`,
    );
    expect(await cluster.testbed.waitForJob(id, { timeoutMs: 120_000 })).toMatchObject({ state: "TIMEOUT" });
    expect(await interruptions(dir, 1)).toMatchObject([
      { signal: "SIGTERM", graceMs: expect.toSatisfy((ms: number) => ms > 0 && ms <= END_GRACE_MS) },
    ]);
    expect(dir.outcome).toMatchObject({ name: "InterruptedError", exitCode: 75, calls: { running: 2 } });
  });

  test.concurrent("have their time after SIGTERM that was asked for before the end, and are done", async () => {
    // Slurm may send it up to a minute earlier, and looks every 30 s.
    const { dir, id } = await busyOn("n4", ["-t", "3", "--signal=B:TERM@75"], { width: 8, ms: 30_000 });
    expect(await cluster.testbed.waitForJob(id, { timeoutMs: 200_000 })).toMatchObject({
      state: "FAILED",
      exitCode: 75,
    });
    expect(dir.eventsOf("run-interrupted")).toMatchObject([
      { signal: "SIGTERM", graceMs: expect.toSatisfy((ms: number) => ms > END_GRACE_MS && ms <= 3 * MINUTE_MS) },
    ]);
    expect(dir.running).toEqual([]);
    expect(dir.outcome).toMatchObject({ name: "InterruptedError", calls: { running: 0 } });
  });

  test.concurrent("have the time that Slurm leaves to a job which makes way for a more urgent one", async () => {
    // Slurm tells the steps of such a job only.
    const job = await busyOn("n5", ["-t", "30"], ENDLESS, "exec srun -N1 -n1 -c2");
    const urgent = await cluster.testbed.sbatch("#!/bin/sh\nexit\n", {
      args: ["-p", "urgent", "-w", "n5", "--exclusive", "-o", "/dev/null"],
    });
    const [first] = await interruptions(job.dir, 1);
    expect(first).toMatchObject({
      signal: "SIGTERM",
      graceMs: expect.toSatisfy((ms: number) => ms > 60_000 && ms <= 200_000),
    });
    await slurm("scancel", String(urgent));
    await expectShorterByScancel(job);
  });

  test.concurrent("are ended at once by Ctrl-C, also behind a warning", async () => {
    const { dir, id } = await busyOn("n6", ["-t", "30"]);
    const interrupt = (signal: NodeJS.Signals): void => {
      for (const { pid } of cluster.of("n6", "faults-program")) process.kill(pid, signal);
    };
    interrupt("SIGUSR1");
    await interruptions(dir, 1);
    interrupt("SIGINT");
    expect(await cluster.testbed.waitForJob(id)).toMatchObject({ state: "FAILED" });
    expect(await interruptions(dir, 2)).toMatchObject([{ signal: "SIGUSR1" }, { signal: "SIGINT", graceMs: 0 }]);
    expect(dir.outcome).toMatchObject({ name: "InterruptedError", exitCode: 130, calls: { running: 2 } });
  });
});
