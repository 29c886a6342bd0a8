/** A login node without its network: nothing ends for that, and nothing is submitted twice. */
import { setTimeout as sleep } from "node:timers/promises";
import { describeOnTestbed } from "@hyperion-ts/testbed";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ProgramCluster, type Running, untilSome } from "./program-cluster.ts";

/** How long it takes is what is tried: Slurm's commands need less to give up. */
const AWAY_MS = 20_000;

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

  test("while the login node has no network", async () => {
    const { running, dir } = await begun("cut");
    await cluster.testbed.fault.cut("login");
    dir.make("go");
    await sleep(AWAY_MS);
    await cluster.testbed.fault.heal("login");
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
    expect(printed.match(/: is submitted/g)?.length).toBe(3);
    expect(dir.noted("done").length).toBe(6);
  });
});
