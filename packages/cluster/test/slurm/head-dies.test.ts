/** A head that dies: its job is started again, by Slurm or by the program, and goes on from what it had computed. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describeOnTestbed } from "@hyperion-ts/testbed";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ProgramCluster, untilSome } from "./program-cluster.ts";

describeOnTestbed(describe)("a head that dies", () => {
  let cluster: ProgramCluster;
  beforeAll(async () => void (cluster = await ProgramCluster.open(4)));
  afterAll(() => cluster[Symbol.asyncDispose]());

  // One CPU: calls come one after the other.
  const request = { jobs: [[1, 2, 3, 4]] };
  const squares = { kind: "done", jobs: [[1, 4, 9, 16]], singles: [] };
  const on = (node: string) => ({ nTasksPerNode: 1, nodelist: [node] });

  test.concurrent("by SIGKILL: the job is submitted again", async () => {
    const dir = await cluster.dir("killed");
    const running = dir.start({ ...request, ms: 1_000, sbatch: on("n1") });
    await untilSome("two calls that are done", () => dir.noted("done").length >= 2);
    process.kill(await cluster.headOn("n1"), "SIGKILL");
    const { printed } = await running.ended;
    expect(dir.outcome, printed).toEqual(squares);
    expect(printed).toMatch(/was ended by SIGKILL on n1\. It is submitted again, and goes on/);
    // The one that ran, or had just ended, may run again.
    expect(dir.noted("begun").filter((x) => x === 1)).toEqual([1]);
  });

  test.concurrent("leaves what it was computing to another job that waits for it", async () => {
    const dir = await cluster.dir("equal");
    const xs = Array.from({ length: 12 }, (_, i) => i + 1);
    const jobs = [xs, [...xs.slice(0, 6).toReversed(), ...xs.slice(6).toReversed()]];
    // Each has a node to itself.
    const sbatch = { nodes: 1, nTasksPerNode: 2, exclude: ["n1", "n2"] };
    const setNode = (state: string) =>
      cluster.testbed.run("login", ["scontrol", "update", "nodename=n4", `state=${state}`, "reason=test"]);
    // The first job is alone for a while, and decides by itself what it computes.
    await setNode("drain");
    const running = dir.start({ jobs, until: "go", waitsFrom: 7, sbatch });
    await untilSome("two calls that wait", () => dir.noted("done").length === 6 && dir.noted("begun").length === 8);
    const node = readFileSync(join(dir.path, "begun"), "utf8").split(/\s/)[1] ?? "";
    await setNode("resume");
    await running.says(/: runs on n[34]\n[^]*: runs on n[34]\n/);
    await untilSome("second head's link", () => cluster.left("n4").some((argv) => argv.includes("/relay-main")));
    process.kill(await cluster.headOn(node), "SIGKILL");
    await running.says(/was ended by SIGKILL/);
    dir.make("go");
    const { printed } = await running.ended;
    expect(dir.outcome, printed).toEqual({ ...squares, jobs: jobs.map((each) => each.map((x) => x * x)) });
    expect(
      dir.noted("done").toSorted((a, b) => a - b),
      printed,
    ).toEqual(xs);
    // Beside these, one on each CPU of the head that was killed.
    expect(dir.noted("begun")).toHaveLength(xs.length + 2);
  });

  test.concurrent("by scontrol requeue: Slurm starts it again, and the same call goes on", async () => {
    const dir = await cluster.dir("requeued");
    const running = dir.start({ ...request, ms: 500, sbatch: on("n2") });
    await untilSome("two results", async () => dir.noted("done").length >= 2 && (await dir.squares()).size >= 2);
    const job = await running.job();
    await cluster.command("scontrol", "requeue", job);
    await cluster.isIn("PENDING", job);
    await cluster.command("scontrol", "update", `jobid=${job}`, "StartTime=now");
    const { printed } = await running.ended;
    expect(dir.outcome, printed).toEqual(squares);
    // What was done and not stored yet runs again.
    expect(dir.noted("done").filter((x) => x <= 2)).toEqual([1, 2]);
    expect(printed.match(/: is submitted/g)?.length).toBe(1);
    expect(printed).toContain("Slurm has put it back into the queue: it goes on from what it had computed");
  });
});
