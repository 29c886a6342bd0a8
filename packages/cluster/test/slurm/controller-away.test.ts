/** A controller that is away: nothing ends for that, and nothing is submitted twice. */
import { setTimeout as sleep } from "node:timers/promises";
import { describeOnTestbed } from "@hyperion-ts/testbed";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ProgramCluster, type Running, untilSome } from "./program-cluster.ts";

/** How long it takes is what is tried: Slurm's commands need less to give up. */
const AWAY_MS = 20_000;
/** A squeue that begins with it fails before it is over. */
const HANGS_MS = 12_000;

describeOnTestbed(describe)("a run goes on", () => {
  let cluster: ProgramCluster;
  beforeAll(async () => void (cluster = await ProgramCluster.open(2)));
  afterAll(() => cluster[Symbol.asyncDispose]());

  /** Starts two jobs, one of which ends while `away` has its effect. */
  async function begun(
    name: string,
  ): Promise<{ readonly running: Running; readonly dir: Awaited<ReturnType<ProgramCluster["dir"]>> }> {
    const dir = await cluster.dir(name);
    const running = dir.start({
      jobs: [
        [1, 2],
        [3, 4],
        [5, 6],
      ],
      until: "go",
      sbatch: { nTasksPerNode: 2 },
      options: { longestPauseMs: 2_000 },
    });
    await untilSome("four calls that have begun", () => dir.noted("begun").length === 4);
    return { running, dir };
  }

  test("while slurmctld is stopped", async () => {
    const { running, dir } = await begun("stopped");
    await cluster.testbed.fault.stopSlurmctld();
    await running.says(/Slurm gives no answer/);
    dir.make("go");
    await sleep(AWAY_MS);
    await cluster.testbed.fault.startSlurmctld();
    const { printed } = await running.ended;
    expect(dir.outcome, printed).toEqual({
      kind: "done",
      jobs: [
        [1, 4],
        [9, 16],
        [25, 36],
      ],
      singles: [],
    });
    expect(printed).toMatch(/Slurm answers again, after \d+ s/);
    expect(printed.match(/: is submitted/g)?.length).toBe(3);
    expect(dir.noted("done").length).toBe(6);
  });

  test("after a kill -9 while sbatch waits for a slurmctld that hangs: the job is there once", async () => {
    const dir = await cluster.dir("hung");
    const before = (await cluster.testbed.jobs()).length;
    const request = { jobs: [[1]], sbatch: { nTasksPerNode: 2 } };
    await cluster.testbed.fault.hangSlurmctld();
    const first = dir.start(request);
    await untilSome("sbatch", () => cluster.left("login").some((argv) => argv.startsWith("sbatch ")));
    first.child.kill("SIGKILL");
    await first.ended;
    const second = dir.start(request);
    await sleep(HANGS_MS);
    await cluster.testbed.fault.startSlurmctld();
    const { printed } = await second.ended;
    expect(dir.outcome, printed).toEqual({ kind: "done", jobs: [[1]], singles: [] });
    await untilSome("end of sbatch", () => !cluster.left("login").some((argv) => argv.startsWith("sbatch ")));
    expect((await cluster.testbed.jobs()).length, printed).toBe(before + 1);
    expect(dir.noted("begun")).toEqual([1]);
  });
});
