/** Nodes that fail under a job, which goes on without them. */
import { existsSync } from "node:fs";
import type { SlurmJobId } from "@hyperion-ts/slurm-env";
import { describeOnTestbed } from "@hyperion-ts/testbed";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { expectComputedOnce, expectSound } from "./faults-checks.ts";
import { FaultCluster, type RunDir, untilSome, USER } from "./faults-cluster.ts";
import type { CallNote } from "./programs/faults-functions.ts";

/** Times at which a silence is noticed soon, but not one of a machine on which many programs start at once. */
const TIMES = { heartbeatMs: 1_000, silenceMs: 8_000 };

// Jobs wait more than they compute: some of them run side by side.
vi.setConfig({ maxConcurrency: 5 });

describeOnTestbed(describe)("a node that fails in mid-job", () => {
  let cluster: FaultCluster;
  beforeAll(async () => void (cluster = await FaultCluster.open(11)));
  afterAll(() => cluster[Symbol.asyncDispose]());

  /** A job on those nodes (Slurm is told not to end it when one fails) that runs calls on all of them: until there is a file `go`. */
  async function busyOn(name: string, ...nodes: readonly string[]): Promise<{ dir: RunDir; id: SlurmJobId }> {
    const dir = await cluster.dir(name);
    const script = dir.script({
      width: 4 * nodes.length,
      ms: 400,
      until: "go",
      goOn: true,
      options: { times: TIMES },
    });
    const args = [`-N${nodes.length}`, "-w", nodes.join(","), "--exclusive", "--no-kill", "-o", "out.txt"];
    const id = await cluster.testbed.sbatch(script, { user: USER, cwd: dir.inCluster, args });
    await untilSome("call running on each node", () =>
      nodes.every((node) => dir.running.filter((note) => note.node === node).length === 2),
    );
    return { dir, id };
  }

  /** Lets the job come to its end, which is a good one, after which nothing is left. */
  async function ends({ dir, id }: Awaited<ReturnType<typeof busyOn>>): Promise<void> {
    dir.make("finish");
    const { state, parts } = await cluster.testbed.waitForJob(id);
    expect([state, dir.printed.includes("Error")]).toEqual(["COMPLETED", false]);
    expectSound(dir);
    expectComputedOnce(dir);
    for (const node of parts.flatMap(({ nodes }) => nodes))
      await untilSome(`end of ${node}'s processes`, () => cluster.left(node).length === 0);
  }

  /** Waits until so many more calls have been done. */
  const moreCalls = (dir: RunDir, count: number): Promise<unknown> => {
    const { length } = dir.notes;
    return untilSome("more calls", () => dir.notes.length > length + 2 * count);
  };

  /** The node was lost once and for that reason; its calls ran again elsewhere, once each; none has begun on it since. */
  function expectLost(dir: RunDir, node: string, reason: RegExp): void {
    const lost = dir.eventsOf("node-lost");
    expect(lost.map(({ node, reason }) => [node, reason])).toEqual([[node, expect.stringMatching(reason)]]);
    const since = Date.parse(lost[0]?.at ?? "");
    expect(dir.notes.filter((note) => note.node === node && note.what === "begin" && note.at > since)).toEqual([]);
    const again = secondAttempts(dir, "begin");
    expect(again.map((note) => note.node)).not.toContain(node);
    const retried = dir.eventsOf("call-retried");
    expect(retried.map((event) => [event.node, event.attempt])).toEqual(again.map(() => [node, 1]));
    expect([1, 2]).toContain(again.length);
  }

  const secondAttempts = (dir: RunDir, at: "begin" | "end"): CallNote[] =>
    dir.notes.filter(({ what, attempt }) => what === at && attempt > 1);

  /** Waits until the calls of a node that was lost have run elsewhere. */
  const ranElsewhere = (dir: RunDir): Promise<unknown> =>
    untilSome("end of the second attempts", () => {
      const { length } = dir.eventsOf("call-retried");
      return dir.eventsOf("node-lost").length > 0 && length > 0 && secondAttempts(dir, "end").length === length;
    });

  test.concurrent("is cut off: its calls run elsewhere, all of ours on it ends by itself, and after it is healed it is not used again", async () => {
    const run = await busyOn("cut", "n1", "n2", "n3");
    const { dir } = run;
    await cluster.testbed.fault.cut("n3");
    await untilSome(
      "end of our processes behind the cut",
      () => cluster.of("n3", "agent-main").length + cluster.of("n3", "worker-main").length === 0,
    );
    dir.make("go");
    await ranElsewhere(dir);
    await cluster.testbed.fault.heal("n3");
    await moreCalls(dir, 12);
    await ends(run);
    expectLost(dir, "n3", /^nothing was heard from its agent for [\d.]+ s/);
    const silentSeconds = Number(/for ([\d.]+) s/.exec(dir.eventsOf("node-lost")[0]?.reason ?? "")?.[1]);
    expect(silentSeconds * 1_000).toBeGreaterThanOrEqual(TIMES.silenceMs);
    expect((await cluster.testbed.sshSessions("n3")).map(({ outcome }) => outcome)).toEqual(["accepted"]);
    expect(await cluster.testbed.sshSessions("n1")).toEqual([]);
  });

  test.concurrent("has its agent killed: its workers die with it, and its calls run elsewhere", async () => {
    const run = await busyOn("killed", "n4", "n5");
    for (const { pid } of cluster.of("n5", "agent-main")) process.kill(pid, "SIGKILL");
    await untilSome("end of the workers", () => cluster.of("n5", "worker-main").length === 0);
    run.dir.make("go");
    await moreCalls(run.dir, 6);
    await ends(run);
    expectLost(run.dir, "n5", /^its agent ended \(SIGKILL\)/);
  });

  test.concurrent("has its agent stopped: what its workers finish meanwhile is dropped when it goes on, and it ends", async () => {
    const run = await busyOn("stopped", "n6", "n7");
    const { dir } = run;
    const agents = cluster.of("n7", "agent-main");
    const signal = (name: NodeJS.Signals): void =>
      agents.filter(({ pid }) => existsSync(`/proc/${pid}`)).forEach(({ pid }) => process.kill(pid, name));
    await untilSome("call that runs while its agent is stopped", () => {
      signal("SIGSTOP");
      const caught = dir.running.some(({ node }) => node === "n7");
      if (!caught) signal("SIGCONT");
      return caught;
    });
    dir.make("go");
    await ranElsewhere(dir);
    const twice = secondAttempts(dir, "begin").map(({ x }) => x);
    // The first attempts that had begun come to their end, too: their results wait in the agent.
    const firstAttempts = (what: CallNote["what"]): readonly CallNote[] =>
      dir.notes.filter(
        (note) => note.what === what && note.attempt === 1 && note.node === "n7" && twice.includes(note.x),
      );
    // On a busy machine the agent's guard may be faster, and ends them.
    await untilSome(
      "end of the first attempts",
      () =>
        cluster.left("n7").length === 0 ||
        (firstAttempts("begin").length > 0 && firstAttempts("end").length === firstAttempts("begin").length),
    );
    signal("SIGCONT");
    await untilSome("end of the agent and its workers", () => cluster.left("n7").length === 0);
    await moreCalls(dir, 6);
    await ends(run);
    expectLost(dir, "n7", /^nothing was heard from its agent for [\d.]+ s/);
    expect(dir.rows.filter(({ x }) => twice.includes(x)).map(({ value }) => [value.node, value.attempt])).toEqual(
      twice.map(() => ["n6", 2]),
    );
  });

  test.concurrent("loses all its workers: their calls run again, the node gets new workers and is used on", async () => {
    const run = await busyOn("workers", "n8", "n9");
    const { dir } = run;
    const killed = cluster.of("n9", "worker-main").filter(({ pid }) => process.kill(pid, "SIGKILL"));
    dir.make("go");
    const at = Date.now();
    await untilSome(
      "new workers' calls",
      () =>
        dir.notes.filter(({ what, node, at: endedAt }) => what === "end" && node === "n9" && endedAt > at).length > 2,
    );
    await ends(run);
    expect(dir.eventsOf("node-lost")).toEqual([]);
    expect(
      dir
        .eventsOf("worker-ended")
        .filter(({ how }) => how.includes("SIGKILL"))
        .map(({ node }) => node),
    ).toEqual(killed.map(() => "n9"));
    expect(dir.eventsOf("call-retried").map(({ node, attempt }) => [node, attempt])).toEqual(
      secondAttempts(dir, "end").map(() => ["n9", 1]),
    );
    expect(secondAttempts(dir, "end").length).toBeGreaterThan(0);
  });

  test.concurrent("loses its power: its calls run elsewhere, and the job ends without it", async () => {
    const run = await busyOn("power", "n10", "n11");
    await cluster.testbed.fault.stop("n11");
    run.dir.make("go");
    await moreCalls(run.dir, 12);
    await ends(run);
    expectLost(run.dir, "n11", /^nothing was heard from its agent for [\d.]+ s/);
  });
});
