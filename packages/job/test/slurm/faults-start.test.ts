/** Nodes of an allocation that can't be reached: the job begins without them, or says why it can't. */
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { describeOnTestbed } from "@hyperion-ts/testbed";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { expectComputedOnce, expectSound } from "./faults-checks.ts";
import { FaultCluster, type RunDir, untilSome, USER } from "./faults-cluster.ts";
import type { FaultRequest } from "./programs/faults-program.ts";

/** Nodes are given up before a job would begin without them, and not while a busy machine still starts their agents. */
const HASTY = { times: { connectTimeoutMs: 8_000 }, reach: { attempts: 1 } };
const WORK = { width: 20, ms: 200 };

// Jobs wait more than they compute: some of them run side by side.
vi.setConfig({ maxConcurrency: 3 });

describeOnTestbed(describe)("nodes that can't be reached", () => {
  let cluster: FaultCluster;
  beforeAll(async () => void (cluster = await FaultCluster.open(16)));
  afterAll(() => cluster[Symbol.asyncDispose]());

  /** A job that has its nodes already when `breakNodes` breaks some, and starts the program then. */
  async function start(
    name: string,
    nodes: readonly string[],
    request: FaultRequest,
    breakNodes: () => Promise<unknown>,
  ): Promise<{ dir: RunDir; end: () => Promise<{ state: string; exitCode: number }> }> {
    const dir = await cluster.dir(name);
    const script = dir.script(request).replace("\n", "\ntouch there; while [ ! -e go ]; do sleep 0.1; done\n");
    const args = [`-N${nodes.length}`, "-w", nodes.join(","), "--exclusive", "--no-kill", "-o", "out.txt"];
    const id = await cluster.testbed.sbatch(script, { user: USER, cwd: dir.inCluster, args });
    await untilSome("job", () => dir.has("there"));
    await breakNodes();
    dir.make("go");
    const end = async (): Promise<{ state: string; exitCode: number }> => {
      const { state, exitCode } = await cluster.testbed.waitForJob(id);
      for (const node of nodes) await untilSome(`end of ${node}'s processes`, () => cluster.left(node).length === 0);
      return { state, exitCode };
    };
    return { dir, end };
  }

  /** In sshd's place: lets everybody connect and says nothing. */
  async function hang(node: string): Promise<ChildProcess> {
    await cluster.testbed.fault.killSshd(node);
    const listener = cluster.testbed.spawn(node, [
      "/opt/node/node",
      "-e",
      "require('node:net').createServer(() => {}).listen(22, () => console.log('ready'))",
    ]);
    if (listener.stdout !== null) await once(listener.stdout, "data");
    return listener;
  }

  /** The calls were made on all of those nodes and on no other, and are right. */
  function expectRanOn(dir: RunDir, ...nodes: readonly string[]): void {
    expectSound(dir);
    expectComputedOnce(dir);
    expect([...new Set(dir.notes.map(({ node }) => node))].sort()).toEqual(nodes.toSorted());
  }

  test.concurrent("are left out, each with its reason, and the job runs on the others", async () => {
    const { dir, end } = await start("left-out", ["n1", "n2", "n3"], { ...WORK, options: HASTY }, () =>
      cluster.testbed.fault.killSshd("n3"),
    );
    expect(await end()).toEqual({ state: "COMPLETED", exitCode: 0 });
    expectRanOn(dir, "n1", "n2");
    expect(dir.eventsOf("node-left-out").map(({ node, reason }) => [node, reason])).toEqual([
      ["n3", expect.stringMatching(/the agent on n3\b.*ECONNREFUSED/)],
    ]);
    expect(dir.printed).toMatch(/n3 is left out: .*ECONNREFUSED/);
  });

  test.concurrent("end a job that needs more than there are: every reason is named, and nothing is left on those that came up", async () => {
    const options = { leastNodes: 3, ...HASTY };
    const { dir, end } = await start("least", ["n4", "n5", "n6"], { ...WORK, options }, () =>
      Promise.all([cluster.testbed.fault.killSshd("n5"), hang("n6")]),
    );
    expect(await end()).toEqual({ state: "FAILED", exitCode: 1 });
    expect(dir.outcome).toMatchObject({
      type: "failed",
      name: "LaunchError",
      message: expect.stringMatching(
        /agents on 3 of 3 nodes, only on 1:\nn5: .*ECONNREFUSED.*\nn6: .*no connection within 8 s$/,
      ),
    });
    expect(dir.notes).toEqual([]);
  });

  test.concurrent("leave a job to the CPUs of its head, where they are all others", async () => {
    const { dir, end } = await start("alone", ["n7", "n8", "n9"], { ...WORK, options: HASTY }, () =>
      Promise.all([cluster.testbed.fault.killSshd("n8"), cluster.testbed.fault.stop("n9")]),
    );
    expect(await end()).toEqual({ state: "COMPLETED", exitCode: 0 });
    expectRanOn(dir, "n7");
    expect(
      dir
        .eventsOf("node-left-out")
        .map(({ node }) => node)
        .sort(),
    ).toEqual(["n8", "n9"]);
    expect(await cluster.testbed.sshSessions("n7")).toEqual([]);
  });

  test.concurrent("do not keep a job that is interrupted: Ctrl-C ends it while they are still waited for", async () => {
    const { dir, end } = await start(
      "interrupted",
      ["n10", "n11"],
      { ...WORK, options: { times: { connectTimeoutMs: 3_600_000 } } },
      () => hang("n11"),
    );
    await untilSome("head's own node", () => cluster.of("n10", "agent-main").length > 0);
    for (const { pid } of cluster.of("n10", "faults-program")) process.kill(pid, "SIGINT");
    expect(await end()).toEqual({ state: "FAILED", exitCode: 128 + 2 });
    expect(dir.outcome).toMatchObject({
      name: "InterruptedError",
      calls: { done: 0, running: 0, waiting: WORK.width },
    });
  });

  test.concurrent("are left out of a job whose head is on the submitting host, too", async () => {
    const dir = await cluster.dir("salloc");
    const command = [
      "sh",
      "-c",
      `touch there; while [ ! -e go ]; do sleep 0.1; done; exec "$@"`,
      "sh",
      ...dir.command({ ...WORK, options: HASTY }),
    ];
    const run = cluster.testbed.run(
      "login",
      ["salloc", "--quiet", "-N3", "-w", "n12,n13,n14", "--exclusive", "--no-kill", ...command],
      { user: USER, cwd: dir.inCluster },
    );
    await untilSome("allocation", () => dir.has("there"));
    await cluster.testbed.fault.stop("n14");
    dir.make("go");
    expect(await run).toMatchObject({ exitCode: 0 });
    expectRanOn(dir, "n12", "n13");
    expect(dir.eventsOf("node-left-out").map(({ node, reason }) => [node, reason])).toEqual([
      ["n14", expect.stringMatching(/the agent on n14\b.*(no connection within 8 s|EHOSTUNREACH)/)],
    ]);
    expect(
      (await Promise.all(["n12", "n13"].map((node) => cluster.testbed.sshSessions(node)))).map(
        (sessions) => sessions.length,
      ),
    ).toEqual([1, 1]);
    for (const node of ["login", "n12", "n13"])
      await untilSome(`end of ${node}'s processes`, () => cluster.left(node).length === 0);
  });

  test.concurrent("join later, when they can be reached again", async () => {
    const request = { ...WORK, goOn: true, options: { reach: { attempts: 100, pauseMs: 500 } } };
    const { dir, end } = await start("late", ["n15", "n16"], request, () => cluster.testbed.fault.killSshd("n16"));
    await untilSome("calls on the head's node", () => dir.notes.length > 0);
    await cluster.testbed.fault.heal("n16");
    await untilSome("calls on the late node", () =>
      dir.notes.some(({ what, node }) => what === "end" && node === "n16"),
    );
    dir.make("finish");
    expect(await end()).toEqual({ state: "COMPLETED", exitCode: 0 });
    expectRanOn(dir, "n15", "n16");
    expect(dir.eventsOf("node-ready").map(({ node }) => node)).toEqual(["n15", "n16"]);
  });
});
