/** Nodes of this machine, on some of which a module can't be loaded. */
import { existsSync, writeFileSync } from "node:fs";
import { PoolCore } from "@hyperion-ts/cpu-pool";
import { runCmdLocalAsync, workerLauncherWithRunCmd } from "@hyperion-ts/launcher";
import { expect, test } from "vitest";
import { Dispatcher } from "../../src/dispatch/dispatcher.ts";
import type { TaskOptions } from "../../src/dispatch/task-launcher.ts";
import { type HasWorkers, remoteEval, type RunEvent, RunEvents } from "../../src/index.ts";
import { square } from "../functions.ts";
import { gated, gateFiles } from "../functions/gated.ts";
import { placed } from "../functions/picky.ts";
import { compileCache, numbers, thrownBy, until, World } from "../faults/world.ts";

interface NodeSpec {
  readonly name: string;
  readonly cpus?: number;
  /** How the module fails there: an error's code, or "none". */
  readonly fails?: string;
  readonly home?: boolean;
}

class Nodes implements AsyncDisposable {
  readonly world = new World();
  readonly pool = new PoolCore();
  readonly events: RunEvent[] = [];
  readonly #launchers = new Map<string, AsyncDisposable>();
  readonly #stack = new AsyncDisposableStack();
  readonly #bus = new RunEvents();
  readonly dispatcher = this.#stack.adopt(new Dispatcher(this.pool, this.#bus), (dispatcher) => dispatcher.close());

  static async open(...specs: readonly NodeSpec[]): Promise<Nodes> {
    const nodes = new Nodes();
    nodes.#bus.subscribe(({ event }) => nodes.events.push(event));
    for (const spec of specs) await nodes.add(spec);
    return nodes;
  }

  async add({ name, cpus = 1, fails, home = false }: NodeSpec): Promise<void> {
    const env: Record<string, string> = fails === undefined ? {} : { HYPERION_TEST_MISSING: fails };
    const launcher = await workerLauncherWithRunCmd(
      this.world.path,
      (command) => runCmdLocalAsync({ ...command, env: { ...command.env, ...env } }),
      { node: name, compileCache, times: { headSilenceMs: Infinity } },
    );
    this.#stack.use(launcher);
    this.#launchers.set(name, launcher);
    this.dispatcher.addNode(launcher, { name, cpuIds: numbers(cpus) }, { pinTo: null, home });
  }

  /** Its agent ends. */
  async loseNode(name: string): Promise<void> {
    await this.#launchers.get(name)?.[Symbol.asyncDispose]();
  }

  env(taskCpus = 1, taskOptions: TaskOptions = {}): HasWorkers {
    return {
      taskLauncher: this.dispatcher,
      taskCpus,
      taskOptions,
      signal: new AbortController().signal,
      events: this.#bus,
    };
  }

  /** What happened to nodes, in words. */
  get leftOut(): readonly string[] {
    return this.events.flatMap((event) => (event.type === "node-left-out" ? [event.node] : []));
  }

  get active(): readonly string[] {
    return this.pool.snapshot().nodes.flatMap(({ name, phase }) => (phase === "active" ? [name] : []));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
    await this.world[Symbol.asyncDispose]();
  }
}

const FAILED = { name: "CallError", reason: { kind: "module-failed" }, site: { attempt: 1, attempts: 1 } };

test.each([
  "ERR_MODULE_NOT_FOUND",
  "MODULE_NOT_FOUND",
  "ENOENT",
  "EACCES",
  "ESTALE",
  "EIO",
  "ENOTCONN",
  "ERR_DLOPEN_FAILED",
])(
  "a node on which a module fails with %s is left out when another one loads it, and no call has lost an attempt",
  async (fails) => {
    await using nodes = await Nodes.open({ name: "bad", cpus: 4, fails }, { name: "good" });
    // A worker that is there first would else take the calls of those that are still being started.
    await remoteEval(square, 0)(nodes.env(1, { node: "bad" }));
    const places = await Promise.all(numbers(6).map((x) => remoteEval(placed, x)(nodes.env())));
    expect(new Set(places)).toEqual(new Set(["good, attempt 1"]));
    expect(nodes.events.filter(({ type }) => type === "node-left-out")).toEqual([
      {
        type: "node-left-out",
        node: "bad",
        reason: expect.stringMatching(/picky\.ts .*can't be loaded here.*on good it can be loaded/),
      },
    ]);
    expect(nodes.events.filter(({ type }) => type === "call-retried" || type === "call-failed")).toEqual([]);
    expect(nodes.active).toEqual(["good"]);
  },
);

test("where another node has loaded it, a module that fails in any way is its node's fault", async () => {
  await using nodes = await Nodes.open({ name: "good" });
  expect(await remoteEval(placed, 0)(nodes.env())).toBe("good, attempt 1");
  await nodes.add({ name: "bad", cpus: 2, fails: "none" });
  expect(await remoteEval(placed, 0)(nodes.env())).toBe("good, attempt 1");
  expect(nodes.leftOut).toEqual(["bad"]);
});

test.each([
  ["the only node", [{ name: "only", fails: "ENOENT", home: true }]],
  ["the only node, which is another machine", [{ name: "only", fails: "ENOENT" }]],
  [
    "all nodes",
    [
      { name: "n1", cpus: 3, fails: "ENOENT" },
      { name: "n2", cpus: 2, fails: "ENOENT" },
      { name: "n3", fails: "EIO" },
    ],
  ],
  [
    "the program's own node",
    [
      { name: "n1", cpus: 2, fails: "ENOENT" },
      { name: "head", fails: "ENOENT", home: true },
    ],
  ],
  ["a node, by an error of its own", [{ name: "n1", cpus: 2, fails: "none" }, { name: "n2" }]],
] as const)("a module that fails on %s fails its calls at once, and costs no node", async (_, specs) => {
  await using nodes = await Nodes.open(...specs);
  for (const again of [1, 2]) expect(await thrownBy(remoteEval(placed, again)(nodes.env()))).toMatchObject(FAILED);
  expect(nodes.leftOut).toEqual([]);
  expect(nodes.active).toEqual(specs.map(({ name }) => name));
  expect(await Promise.all(numbers(6).map((x) => remoteEval(square, x)(nodes.env())))).toEqual(
    numbers(6).map((x) => x * x),
  );
});

test("while all others are busy, a call waits for them, and the bad node gets no more", async () => {
  await using nodes = await Nodes.open({ name: "good" });
  const gate = gateFiles(nodes.world.path, "good");
  const busy = remoteEval(gated, { dir: nodes.world.path })(nodes.env());
  await until(() => existsSync(gate.begun));
  await nodes.add({ name: "bad", cpus: 2, fails: "ESTALE" });
  const calls = numbers(4).map((x) => remoteEval(placed, x)(nodes.env()));
  await until(() => nodes.pool.snapshot().waiting === 4);
  expect(nodes.active).toEqual(["good"]);
  const { calls: open } = nodes.dispatcher.openCalls.list(10);
  const onTrial = "node-on-trial bad";
  expect(
    open.flatMap(({ waiting }) =>
      waiting?.reason && "node" in waiting.reason ? `${waiting.reason.kind} ${waiting.reason.node}` : [],
    ),
  ).toEqual(["earmarked good", onTrial, onTrial, onTrial]);
  expect(nodes.events.filter(({ type }) => type === "log")).toMatchObject([
    { message: expect.stringMatching(/^bad gets no calls until another node has loaded .*ESTALE/) },
  ]);
  expect(nodes.leftOut).toEqual([]);
  writeFileSync(gate.open, "");
  await busy;
  expect(await Promise.all(calls)).toEqual(Array(4).fill("good, attempt 1"));
  expect(nodes.leftOut).toEqual(["bad"]);
});

test("a call that no other node could serve fails, and so does one that asks for this node", async () => {
  await using nodes = await Nodes.open({ name: "bad", cpus: 2, fails: "ENOENT" }, { name: "small" });
  expect(await thrownBy(remoteEval(placed, "wide")(nodes.env(2)))).toMatchObject(FAILED);
  expect(await thrownBy(remoteEval(placed, "bound")(nodes.env(1, { node: "bad" })))).toMatchObject(FAILED);
  expect(nodes.leftOut).toEqual([]);
});

test("a call waits for nodes that are still to come; when none comes, it fails", async () => {
  await using nodes = await Nodes.open({ name: "bad", fails: "ENOENT" });
  const [coming, coming2] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  void nodes.dispatcher.expect(coming.promise);
  const call = remoteEval(placed, 0)(nodes.env());
  await until(() => nodes.active.length === 0);
  await nodes.add({ name: "good" });
  expect(await call).toBe("good, attempt 1");
  coming.resolve();
  await using others = await Nodes.open({ name: "bad", fails: "ENOENT" });
  void others.dispatcher.expect(coming2.promise);
  const lost = thrownBy(remoteEval(placed, 0)(others.env()));
  await until(() => others.active.length === 0);
  coming2.resolve();
  expect(await lost).toMatchObject(FAILED);
});

test("when the other node is lost before it could tell, the call fails and nothing waits for ever", async () => {
  await using nodes = await Nodes.open({ name: "good" });
  const gate = gateFiles(nodes.world.path, "good");
  const busy = thrownBy(remoteEval(gated, { dir: nodes.world.path })(nodes.env(1, { attempts: 1 })));
  await until(() => existsSync(gate.begun));
  await nodes.add({ name: "bad", cpus: 2, fails: "EIO" });
  const call = thrownBy(remoteEval(placed, 0)(nodes.env()));
  await until(() => nodes.active.length === 1);
  await nodes.loseNode("good");
  // It may have been placed on the node that was lost.
  expect(await call).toMatchObject({ name: FAILED.name, reason: FAILED.reason });
  await busy;
  expect(nodes.active).toEqual(["bad"]);
});
