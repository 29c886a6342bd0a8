/** Agents on other nodes that can't see their head's end, and the programs that carry their sessions: nobody stays on any machine. */
import type { NodeProcess } from "@hyperion-ts/testbed";
import { describeOnTestbed } from "@hyperion-ts/testbed";
import { describe, test, vi } from "vitest";
import type { NodeLauncherConfig } from "../../src/index.ts";
import { thrownBy } from "../world.ts";
import { ClusterHead, clusterForTests, type HeadNode } from "./cluster-head.ts";
import { leftOn, oursOn } from "./left-on.ts";

vi.setConfig({ testTimeout: 180_000 });

/** A limit, not a claim. */
const PATIENT = { timeout: 120_000, interval: 50 } as const;

/** A guard that loses patience soon. */
const SOON: Partial<NodeLauncherConfig> = { times: { silenceMs: 2_000, heartbeatMs: 500 } };
const WAYS: readonly Partial<NodeLauncherConfig>[] = [
  { reach: { transport: { type: "node-ssh" } } },
  { reach: { transport: { type: "ssh" } } },
  { reach: { transport: { type: "srun" } } },
];

// Each test has nodes of its own, so that their waits can be waited for together.
describeOnTestbed(describe.concurrent)("on another node", () => {
  const names = ["stop", "both", "lone", "hang", "cut", "carry", "gone"].flatMap((name) =>
    ["a", "b", "c"].map((way) => `${name}-${way}`),
  );
  const cluster = clusterForTests({ nodes: names.map((name) => ({ name, cpus: 2 })), slurm: { SlurmdTimeout: "300" } });
  const nodesOf = (name: string): readonly string[] => names.filter((node) => node.startsWith(`${name}-`));

  /** A head in a job of these nodes, which goes on when the head is gone: what ends then is not ended by Slurm. */
  async function headIn(nodes: readonly string[]): Promise<ClusterHead> {
    const { stderr } = await cluster().run("login", ["salloc", "--no-shell", "--exclusive", "-w", nodes.join()], {
      user: "alice",
    });
    return new ClusterHead(cluster(), { env: { SLURM_JOB_ID: /allocation (\d+)/.exec(stderr)?.[1] ?? "" } });
  }

  /** Opens these nodes together: by ssh in the head's process, by the system's ssh, by srun. A call runs on each. */
  async function openAll(head: ClusterHead, nodes: readonly string[]): Promise<readonly HeadNode[]> {
    const opened = await Promise.all(nodes.map((node, i) => head.open(node, { ...SOON, ...WAYS[i] })));
    for (const node of opened) void thrownBy(node.call("untilKilled", null));
    return opened;
  }

  const signal = (processes: readonly NodeProcess[], name: NodeJS.Signals): void =>
    processes.forEach(({ pid }) => process.kill(pid, name));
  const agents = (nodes: readonly string[]): readonly NodeProcess[] =>
    nodes.flatMap((node) =>
      oursOn(cluster(), node).filter(
        ({ argv }) => argv[0]?.endsWith("node") === true && argv.some((arg) => arg.endsWith("agent-main.ts")),
      ),
    );
  /** On the head's machine: the programs that carry the sessions of these nodes. */
  const carriers = (nodes: readonly string[]): readonly NodeProcess[] =>
    leftOn(cluster(), "login").filter(({ argv }) => argv.some((arg) => nodes.some((node) => arg.includes(node))));
  const left = (nodes: readonly string[]): readonly string[] =>
    [...nodes.flatMap((node) => leftOn(cluster(), node)), ...carriers(nodes)].map(({ argv }) => argv.join(" "));

  test("an agent that was stopped does not outlive its head", async ({ expect }) => {
    const nodes = nodesOf("stop");
    await using head = await headIn(nodes);
    await openAll(head, nodes);
    expect(agents(nodes)).toHaveLength(3);
    signal(agents(nodes), "SIGSTOP");
    head.kill();
    await expect.poll(() => left(nodes), PATIENT).toEqual([]);
  });

  test("an agent that was stopped is lost, and leaves nothing, while its head lives", async ({ expect }) => {
    const nodes = nodesOf("lone");
    await using head = await headIn(nodes);
    const opened = await openAll(head, nodes);
    signal(agents(nodes), "SIGSTOP");
    for (const node of opened) expect(await node.lost()).toMatch(/nothing was heard from its agent/);
    await expect.poll(() => left(nodes), PATIENT).toEqual([]);
  });

  // In a step of srun nobody is woken: it ends with the job that it is stopped in.
  test("all that was stopped on a node does not outlive the head, where ssh has started it", async ({ expect }) => {
    const nodes = nodesOf("both").slice(0, 2);
    await using head = await headIn(nodes);
    await openAll(head, nodes);
    signal(
      nodes.flatMap((node) => oursOn(cluster(), node)),
      "SIGSTOP",
    );
    head.kill();
    await expect.poll(() => left(nodes), PATIENT).toEqual([]);
  });

  test("an agent that hangs before its first line does not outlive its head", async ({ expect }) => {
    const nodes = nodesOf("hang");
    const nodePath = "/home/alice/hanging-node";
    await cluster().run(
      "login",
      ["sh", "-c", `printf '#!/bin/sh\\nexec sleep 1000\\n' >${nodePath}; chmod +x ${nodePath}`],
      { user: "alice" },
    );
    await using head = await headIn(nodes);
    for (const [i, node] of nodes.entries()) void thrownBy(head.open(node, { ...SOON, ...WAYS[i], nodePath }));
    for (const node of nodes) await expect.poll(() => left([node]), PATIENT).toContain("sleep 1000");
    head.kill();
    await expect.poll(() => left(nodes), PATIENT).toEqual([]);
  });

  test("an agent that was stopped behind a cut network is ended with its workers", async ({ expect }) => {
    const nodes = nodesOf("cut");
    await using head = await headIn(nodes);
    await openAll(head, nodes);
    signal(agents(nodes), "SIGSTOP");
    await Promise.all(nodes.map((node) => cluster().fault.cut(node)));
    await expect.poll(() => nodes.flatMap((node) => oursOn(cluster(), node)), PATIENT).toEqual([]);
    await Promise.all(nodes.map((node) => cluster().fault.heal(node)));
    await expect.poll(() => left(nodes), PATIENT).toEqual([]);
  });

  test("the ssh and the srun that carry a session do not outlive the head when they were stopped, nor does what they carry", async ({
    expect,
  }) => {
    const nodes = nodesOf("carry").slice(1);
    await using head = await headIn(nodesOf("carry"));
    await Promise.all(nodes.map((node, i) => head.open(node, { ...SOON, ...WAYS[i + 1] })));
    expect(carriers(nodes).length).toBeGreaterThanOrEqual(2);
    signal(carriers(nodes), "SIGSTOP");
    head.kill();
    await expect.poll(() => left(nodes), PATIENT).toEqual([]);
  });

  test("an agent that is killed together with its head leaves nothing", async ({ expect }) => {
    const nodes = nodesOf("gone");
    await using head = await headIn(nodes);
    await openAll(head, nodes);
    signal(agents(nodes), "SIGKILL");
    head.kill();
    await expect.poll(() => left(nodes), PATIENT).toEqual([]);
  });
});
