/** A node that is lost during a job: Slurm starts the job again, or the program submits it again; either way it goes on from what it had computed. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describeOnTestbed } from "@hyperion-ts/testbed";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ProgramCluster, untilSome } from "./program-cluster.ts";

describeOnTestbed(describe)("a node that is lost", () => {
  let cluster: ProgramCluster;
  beforeAll(async () => void (cluster = await ProgramCluster.open(8, { slurm: { SlurmdTimeout: "5" } })));
  afterAll(() => cluster[Symbol.asyncDispose]());

  const squares = { kind: "done", jobs: [[1, 4, 9, 16, 25, 36]], singles: [] };

  /** Runs a job on two nodes, and stops one of them when it has done some calls. */
  async function lose(name: string, nodes: readonly [string, string], lost: string, further: readonly string[]) {
    const dir = await cluster.dir(name);
    const request = {
      jobs: [[1, 2, 3, 4, 5, 6]],
      until: "go",
      sbatch: { nodes: 2, nTasksPerNode: 1, nodelist: [nodes.join()], further },
    };
    const running = dir.start(request);
    await untilSome("two calls that have begun", () => dir.noted("begun").length >= 2);
    await cluster.testbed.fault.stop(lost);
    return { dir, running };
  }

  test.concurrent("where the head runs, and the job is not to be requeued: it is submitted again", async () => {
    const { dir, running } = await lose("head", ["n1", "n2"], "n1", ["--no-requeue"]);
    dir.make("go");
    await running.says(/lost (?:its node n1|a node on n1, n2).*submitted again/);
    // Its nodes are asked for by name.
    await cluster.testbed.fault.heal("n1");
    const { printed } = await running.ended;
    expect(dir.outcome, printed).toEqual(squares);
  });

  test.concurrent("where the head does not run, and Slurm goes on (--no-kill): the head goes on without it", async () => {
    const { dir, running } = await lose("other", ["n3", "n4"], "n4", ["--no-kill"]);
    dir.make("go");
    const { printed } = await running.ended;
    expect(dir.outcome, printed).toEqual(squares);
    expect(printed.match(/: is submitted/g)?.length, printed).toBe(1);
  });

  test.concurrent("where the head ran, and Slurm goes on without it (--no-kill): the job is submitted again", async () => {
    const { dir, running } = await lose("script", ["n5", "n6"], "n5", ["--no-kill"]);
    dir.make("go");
    await running.says(/lost its node n5\. It is submitted again/);
    await cluster.testbed.fault.heal("n5");
    const { printed } = await running.ended;
    expect(dir.outcome, printed).toEqual(squares);
  });

  test.concurrent("where the head runs, and Slurm starts the job again by itself: it goes on elsewhere, with what is left", async () => {
    const dir = await cluster.dir("requeued");
    // One CPU: calls come one after the other.
    const sbatch = { nTasksPerNode: 1, exclude: ["n[1-6]"] };
    const running = dir.start({ jobs: [[1, 2, 3, 4, 5, 6]], ms: 1_000, sbatch, options: { longestPauseMs: 2_000 } });
    const job = await running.job();
    await untilSome("two calls that are done", () => dir.noted("done").length >= 2);
    const before = dir.noted("begun").length;
    const [, lost = ""] = await running.says(/: runs on (n[78])/);
    await cluster.testbed.fault.stop(lost);
    await cluster.isIn("PENDING", job);
    await cluster.command("scontrol", "update", `jobid=${job}`, "StartTime=now");
    const { printed } = await running.ended;
    expect(dir.outcome, printed).toEqual(squares);
    expect(printed.match(/: is submitted/g)?.length, printed).toBe(1);
    expect(printed).toContain("Slurm has put it back into the queue: it goes on from what it had computed");
    // What the program shows of the second start may be its end alone.
    expect(readFileSync(join(dir.path, "done"), "utf8"), printed).toContain(` ${lost === "n7" ? "n8" : "n7"}\n`);
    // What ran when the power went, or had just ended, may run again; nothing else.
    const begun = dir.noted("begun");
    expect(
      begun.slice(before).every((x) => x >= before - 1),
      begun.join(),
    ).toBe(true);
    expect(new Set(begun)).toEqual(new Set([1, 2, 3, 4, 5, 6]));
  });
});
