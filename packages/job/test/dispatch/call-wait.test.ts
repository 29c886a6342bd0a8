import { PoolCore } from "@hyperion-ts/cpu-pool";
import { openNodeLauncher } from "@hyperion-ts/launcher";
import { expect, test, vi } from "vitest";
import { Dispatcher } from "../../src/dispatch/dispatcher.ts";
import { RunEvents } from "@hyperion-ts/progress";
import { square } from "../functions.ts";
import { TempDir } from "../local-run.ts";

const PATIENCE = { timeout: 60_000, interval: 10 } as const;
const signal = new AbortController().signal;

/** A dispatcher over this machine's nodes, which tests add. */
function dispatcherIn(path: string) {
  const owned = new AsyncDisposableStack();
  const dispatcher = new Dispatcher(new PoolCore(), new RunEvents());
  owned.defer(() => dispatcher.close());
  const addNode = async (hostname: string, cpus: number): Promise<void> => {
    const launcher = await openNodeLauncher({ logDir: path }, { type: "LocalHost", hostname });
    owned.use(launcher);
    dispatcher.addNode(
      launcher,
      { name: hostname, cpuIds: Array.from({ length: cpus }, (_, i) => i) },
      { pinTo: null, home: false },
    );
  };
  return {
    dispatcher,
    addNode,
    launch: (cpus: number) => dispatcher.launch({ cpus, options: {}, signal }),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

test("a call that no node could serve waits while others are being connected to, and is served when one comes", async () => {
  using dir = new TempDir();
  await using world = dispatcherIn(dir.path);
  const more = Promise.withResolvers<void>();
  void world.dispatcher.expect(more.promise);
  const wide = world.launch(3);
  await world.addNode("n1", 1);
  expect(world.dispatcher.whyWaiting()).toEqual({ kind: "nodes-connecting" });
  const narrow = world.launch(1);
  expect(world.dispatcher.whyWaiting()).toEqual({ kind: "nodes-connecting" });
  using first = await narrow;
  expect(first.node).toBe("n1");
  await world.addNode("n2", 3);
  using second = await wide;
  expect(second).toMatchObject({ node: "n2", cpuIds: [0, 1, 2] });
  expect(await second.call(square, 3)).toBe(9);
  more.resolve();
});

test("it fails when none that could serve it has come, with both numbers", async () => {
  using dir = new TempDir();
  await using world = dispatcherIn(dir.path);
  const more = Promise.withResolvers<void>();
  const expected = world.dispatcher.expect(more.promise);
  const wide = world.launch(3);
  await world.addNode("n1", 1);
  more.resolve();
  await expected;
  await expect(wide).rejects.toThrow(/3 CPUs/);
});

test("while a dispatcher is drained nothing begins, what runs goes on, and the reasons say so", async () => {
  using dir = new TempDir();
  await using world = dispatcherIn(dir.path);
  await world.addNode("n1", 1);
  const running = await world.launch(1);
  const behind = world.launch(1).catch((error: unknown) => error);
  expect(world.dispatcher.whyWaiting()).toMatchObject({ kind: "earmarked", node: "n1", idle: 0 });
  let drained = false;
  const draining = world.dispatcher.drain().then(() => (drained = true));
  expect(await running.call(square, 4)).toBe(16);
  expect(drained).toBe(false);
  running[Symbol.dispose]();
  await draining;
  await vi.waitFor(() => expect(world.dispatcher.whyWaiting()).toEqual({ kind: "ending" }), PATIENCE);
  const controller = new AbortController();
  const late = world.dispatcher.launch({ cpus: 1, options: {}, signal: controller.signal });
  controller.abort(new Error("enough"));
  await expect(late).rejects.toThrow("enough");
  void behind;
});
