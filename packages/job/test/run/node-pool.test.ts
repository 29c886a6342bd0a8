/** Nodes are connected to, all at once, for the first call of a run, and for no run that makes none. */
import { LaunchError, type NodeLauncher, openNodeLauncher } from "@hyperion-ts/launcher";
import { expect, test } from "vitest";
import type { TaskWorker } from "../../src/dispatch/task-launcher.ts";
import { lazyWorkplaceOver } from "../../src/run/lazy-workplace.ts";
import type { OpenNode } from "../../src/run/node-connections.ts";
import { lazyNodePool } from "../../src/run/node-pool.ts";
import { OldCodeNews } from "../../src/run/old-code-news.ts";
import type { Workplace } from "../../src/run/workplace.ts";
import { square } from "../functions.ts";
import { TempDir } from "../local-run.ts";

/** Two nodes of this machine with two CPUs each, as a workplace. */
class Nodes implements AsyncDisposable {
  readonly workplace: Workplace;
  /** Those that are, or were, being connected to. */
  readonly asked: string[] = [];
  readonly run = new AbortController();
  readonly #dir = new TempDir();

  /** `open` opens them. */
  constructor(open: OpenNode = openNodeLauncher, leastNodes = 1) {
    const openNode: OpenNode = (config, addr, signal): Promise<NodeLauncher> => {
      this.asked.push(addr.hostname ?? "");
      return open(config, addr, signal);
    };
    const nodePool = lazyNodePool(
      { logDir: this.#dir.path, shareOf: () => ({ cpus: 2 }), leastNodes },
      [
        { type: "LocalHost", hostname: "n1" },
        { type: "LocalHost", hostname: "n2" },
      ],
      this.run.signal,
      openNode,
    );
    this.workplace = lazyWorkplaceOver(nodePool, new OldCodeNews(), { endTimeMs: null, signal: this.run.signal });
  }

  get cpus(): unknown {
    return [...this.workplace.env.cpusPerNode].toSorted(([a], [b]) => a.localeCompare(b));
  }

  launch(node?: string): Promise<TaskWorker> {
    return this.workplace.taskLauncher.launch({
      cpus: 1,
      options: node === undefined ? {} : { node },
      signal: this.run.signal,
      functionName: "test/square",
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.workplace[Symbol.asyncDispose]();
    this.#dir[Symbol.dispose]();
  }
}

const refuses: OpenNode = (config, addr, signal) =>
  addr.hostname === "n2"
    ? Promise.reject(new LaunchError("n2", "the agent on n2: connect ECONNREFUSED"))
    : openNodeLauncher(config, addr, signal);
const thrownBy = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    (value) => ({ value }),
    (error: unknown) => error,
  );

test("who needs no node connects to none, and knows them as they were given", async () => {
  await using nodes = new Nodes();
  expect([nodes.cpus, nodes.asked, nodes.workplace.whyWaiting()]).toEqual([
    [
      ["n1", 2],
      ["n2", 2],
    ],
    [],
    null,
  ]);
});

test("the first call connects to all at once, and waits for them; so does who wants to be sure of them", async () => {
  for (const first of ["call", "connect"] as const) {
    const gate = Promise.withResolvers<void>();
    await using nodes = new Nodes(async (...args) => gate.promise.then(() => openNodeLauncher(...args)));
    const connected = first === "connect" ? nodes.workplace.env.connect() : undefined;
    const launched = nodes.launch();
    expect([nodes.asked, nodes.workplace.counts()[0]?.waiting, nodes.workplace.whyWaiting()]).toEqual([
      ["n1", "n2"],
      1,
      { kind: "nodes-connecting" },
    ]);
    gate.resolve();
    using worker = await launched;
    expect(await worker.call(square, 3)).toBe(9);
    await connected;
    await nodes.workplace.env.connect();
    expect([nodes.asked, nodes.cpus, [...nodes.workplace.env.nodeLaunchers.keys()].toSorted()]).toEqual([
      ["n1", "n2"],
      [
        ["n1", 2],
        ["n2", 2],
      ],
      ["n1", "n2"],
    ]);
  }
});

test("a node that could not be reached is none of them afterwards, and a call that asks for it by name is told why", async () => {
  await using nodes = new Nodes(refuses);
  const [here, there] = [nodes.launch(), nodes.launch("n2")];
  expect(await thrownBy(there)).toMatchObject({
    name: "NodeError",
    message: expect.stringMatching(
      /^test\/square: The pool has no node n2\. It could not be used: .*the agent on n2: connect ECONNREFUSED\. There are n1\. The name is set by setTaskNode/,
    ),
  });
  using worker = await here;
  expect([worker.node, nodes.cpus]).toEqual(["n1", [["n1", 2]]]);
});

test("where too few can be reached the run hears it, and calls wait for its end", async () => {
  await using nodes = new Nodes(refuses, 2);
  const launched = thrownBy(nodes.launch());
  expect(await thrownBy(nodes.workplace.failed ?? Promise.resolve())).toMatchObject({
    name: "LaunchError",
    message: expect.stringMatching(/agents on 2 of 2 nodes, only on 1:\nn2: .*ECONNREFUSED/),
  });
  expect(nodes.workplace.whyWaiting()).toEqual({ kind: "nodes-connecting" });
  const reason = new Error("ended for that");
  nodes.run.abort(reason);
  expect(await launched).toBe(reason);
});

test("a call that is left behind while nodes are connected to is told that its run is over", async () => {
  const nodes = new Nodes(
    (_config, _addr, signal) =>
      new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(new Error("given up")))),
  );
  const launched = thrownBy(nodes.launch());
  await nodes[Symbol.asyncDispose]();
  expect(await launched).toMatchObject({ failure: { kind: "run-ended" } });
});

test("a call that may not begin any more connects to none", async () => {
  await using nodes = new Nodes();
  await nodes.workplace.drain();
  const launched = thrownBy(nodes.launch());
  expect([nodes.asked, nodes.workplace.whyWaiting()]).toEqual([[], { kind: "ending" }]);
  nodes.run.abort(new Error("over"));
  expect(await launched).toMatchObject({ message: "over" });
});
