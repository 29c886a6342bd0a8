/** What becomes of a node whose head is slow, busy, cut off or dead. Nodes are lost when nobody is there, and only then. */
import { setTimeout as sleep } from "node:timers/promises";
import { describeOnTestbed } from "@hyperion-ts/testbed";
import { describe, test } from "vitest";
import type { NodeLauncherConfig } from "../../src/index.ts";
import { thrownBy } from "../world.ts";
import { ClusterHead, clusterForTests, type HeadNode } from "./cluster-head.ts";
import { leftOn, oursOn, PATIENT } from "./left-on.ts";

const WAYS: readonly Partial<NodeLauncherConfig>[] = [
  { reach: { transport: { type: "node-ssh" } } },
  { reach: { transport: { type: "ssh" } } },
  { reach: { transport: { type: "srun" } } },
];

// Each test has nodes of its own, so that their waits can be waited for together.
describeOnTestbed(describe.concurrent)("with its defaults", () => {
  const names = [
    "slow-a",
    "slow-b",
    "slow-c",
    "busy-a",
    "busy-b",
    "busy-c",
    "cut-a",
    "cut-b",
    "cut-c",
    "dead-a",
    "dead-b",
    "dead-c",
    "both-a",
    "both-b",
    "both-c",
    "still-a",
    "still-b",
    "still-c",
    "calm-a",
    "calm-b",
    "calm-c",
  ];
  const cluster = clusterForTests({ nodes: names.map((name) => ({ name, cpus: 2 })), slurm: { SlurmdTimeout: "300" } });
  /** A head in a job of these nodes, which goes on when the head is gone: what ends then is not ended by Slurm. */
  async function headIn(nodes: readonly string[]): Promise<ClusterHead> {
    const { stderr } = await cluster().run("login", ["salloc", "--no-shell", "--exclusive", "-w", nodes.join()], {
      user: "alice",
    });
    return new ClusterHead(cluster(), { env: { SLURM_JOB_ID: /allocation (\d+)/.exec(stderr)?.[1] ?? "" } });
  }

  const ours = (node: string): readonly string[] =>
    leftOn(cluster(), node)
      .map(({ argv }) => argv.join(" "))
      .filter((command) => command.includes("-main.ts"));

  /** Opens these nodes together: by ssh in the head's process, by the system's ssh, by srun. */
  const openAll = (head: ClusterHead, nodes: readonly string[]): Promise<readonly HeadNode[]> =>
    Promise.all(nodes.map((node, i) => head.open(node, WAYS[i])));

  test("a slow network (200 ms) delivers a large result as it is, and no node is lost", async ({ expect }) => {
    const nodes = names.slice(0, 3);
    for (const node of nodes) await cluster().fault.slow(node, { delayMs: 200 });
    await using head = await headIn(nodes);
    const opened = await openAll(head, nodes);
    expect(await Promise.all(opened.map((node) => node.call("zeros", 20_000_000)))).toEqual([
      20_000_000, 20_000_000, 20_000_000,
    ]);
    expect(await Promise.all(opened.map((node) => node.bulk(2_000_000)))).toEqual([true, true, true]);
    expect(head.logged).toEqual([]);
  });

  test("a head whose event loop stands still for 30 s keeps its nodes, and what ran there meanwhile is right", async ({
    expect,
  }) => {
    const nodes = names.slice(3, 6);
    await using head = await headIn(nodes);
    const opened = await openAll(head, nodes);
    const running = opened.map((node) => node.call("sleep", 15_000));
    await head.block(30_000);
    expect(await Promise.all(running)).toEqual([15_000, 15_000, 15_000]);
    expect(await Promise.all(opened.map((node) => node.call("square", 9)))).toEqual([81, 81, 81]);
  });

  test("a cut network ends agents and workers behind it, and is noticed by the head", async ({ expect }) => {
    const nodes = names.slice(6, 9);
    await using head = await headIn(nodes);
    const opened = await openAll(head, nodes);
    const running = opened.map((node) => thrownBy(node.call("untilKilled", null)));
    expect(nodes.map((node) => ours(node).length)).toEqual([2, 2, 2]);
    await Promise.all(nodes.map((node) => cluster().fault.cut(node)));
    await Promise.all(nodes.map((node) => expect.poll(() => ours(node), PATIENT).toEqual([])));
    for (const error of await Promise.all(running))
      expect(error).toMatchObject({
        name: "WorkerDiedError",
        message: expect.stringMatching(/the node was lost: nothing was heard from its agent/),
      });
    await Promise.all(nodes.map((node) => cluster().fault.heal(node)));
    await Promise.all(nodes.map((node) => expect.poll(() => leftOn(cluster(), node), PATIENT).toEqual([])));
  });

  test("a killed head leaves nothing on any node", async ({ expect }) => {
    const nodes = names.slice(9, 12);
    await using head = await headIn(nodes);
    for (const node of await openAll(head, nodes)) void thrownBy(node.call("untilKilled", null));
    head.kill();
    await Promise.all(nodes.map((node) => expect.poll(() => leftOn(cluster(), node), PATIENT).toEqual([])));
  });

  test("a killed head behind a cut network leaves nothing on its nodes after the time of silence", async ({
    expect,
  }) => {
    const nodes = names.slice(12, 15);
    await using head = await headIn(nodes);
    for (const node of await openAll(head, nodes)) void thrownBy(node.call("untilKilled", null));
    await Promise.all(nodes.map((node) => cluster().fault.cut(node)));
    head.kill();
    await Promise.all(nodes.map((node) => expect.poll(() => ours(node), PATIENT).toEqual([])));
  });

  // As by Slurm, which suspends a job (all of its processes), or by a person (Ctrl-Z).
  test.for([
    ["a head and its nodes that were stopped", true, 15],
    ["a head that was stopped, and its nodes that were not,", false, 18],
  ] as const)("%s for longer than silence may last go on together", async ([, withAgents, first], { expect }) => {
    const nodes = names.slice(first, first + 3);
    await using head = await headIn(nodes);
    const opened = await openAll(head, nodes);
    const signal = (name: NodeJS.Signals): void => {
      head.signal(name);
      const stopped = withAgents ? nodes.flatMap((node) => oursOn(cluster(), node)) : [];
      for (const { pid } of stopped) process.kill(pid, name);
    };
    signal("SIGSTOP");
    await sleep(15_000);
    signal("SIGCONT");
    // A heartbeat and its judgement come first.
    await sleep(3_000);
    expect(await Promise.all(opened.map((node) => node.call("square", 9)))).toEqual([81, 81, 81]);
  });
});
