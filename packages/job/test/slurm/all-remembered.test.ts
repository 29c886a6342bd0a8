/** A run in an allocation that finds all its results starts nothing on its nodes; one that computes connects to all of them then. */
import { describeOnTestbed } from "@hyperion-ts/testbed";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { expectComputedOnce, expectSound } from "./faults-checks.ts";
import { FaultCluster, type RunDir, untilSome, USER } from "./faults-cluster.ts";
import type { FaultRequest } from "./programs/faults-program.ts";

const NODES = ["n1", "n2", "n3"];
const HASTY = { times: { connectTimeoutMs: 8_000 }, reach: { attempts: 1 } };

describeOnTestbed(describe)("results that are all remembered", () => {
  let cluster: FaultCluster;
  beforeAll(async () => void (cluster = await FaultCluster.open(NODES.length)));
  afterAll(() => cluster[Symbol.asyncDispose]());

  /** Runs the program on all nodes, to its end. */
  async function run(dir: RunDir, request: FaultRequest): Promise<unknown> {
    const id = await cluster.testbed.sbatch(dir.script(request), {
      user: USER,
      cwd: dir.inCluster,
      args: [`-N${NODES.length}`, "--exclusive", "--no-kill", "-o", "out.txt", "--open-mode=append"],
    });
    const { state, exitCode } = await cluster.testbed.waitForJob(id);
    for (const node of NODES) await untilSome(`end of ${node}'s processes`, () => cluster.left(node).length === 0);
    return { state, exitCode };
  }

  test("need no node, not even one that is there; a value more needs all, and those that can't be reached are named", async () => {
    const dir = await cluster.dir("remembered");
    const completed = { state: "COMPLETED", exitCode: 0 };
    expect(await run(dir, { width: 6, ms: 100 })).toEqual(completed);
    expect([dir.eventsOf("nodes-connecting").length, dir.eventsOf("node-ready").length]).toEqual([1, 3]);

    // Whoever wanted a node now would not get it.
    await cluster.testbed.fault.killSshd("n2");
    await cluster.testbed.fault.killSshd("n3");
    expect(await run(dir, { width: 6, ms: 100, options: { leastNodes: 3, ...HASTY } })).toEqual(completed);
    expect([dir.eventsOf("nodes-connecting").length, dir.eventsOf("node-ready").length]).toEqual([1, 3]);
    expect(dir.printed).toMatch(/nothing to compute: all 12 results were in the database/);
    expectSound(dir);

    await cluster.testbed.fault.heal("n2");
    expect(await run(dir, { width: 12, ms: 100, options: HASTY })).toEqual(completed);
    expect(dir.eventsOf("nodes-connecting").length).toBe(2);
    expect(dir.eventsOf("node-left-out").map(({ node, reason }) => [node, reason])).toEqual([
      ["n3", expect.stringMatching(/the agent on n3\b.*ECONNREFUSED/)],
    ]);
    expectSound(dir);
    expectComputedOnce(dir);
    expect([...new Set(dir.rows.slice(6).map(({ value }) => value.node))].toSorted()).toEqual(["n1", "n2"]);

    expect(await run(dir, { width: 13, ms: 100, options: { leastNodes: 3, ...HASTY } })).toEqual({
      state: "FAILED",
      exitCode: 1,
    });
    expect(dir.outcome).toMatchObject({
      type: "failed",
      name: "LaunchError",
      message: expect.stringMatching(/agents on 3 of 3 nodes, only on 2:\nn3: .*ECONNREFUSED/),
    });
  });
});
