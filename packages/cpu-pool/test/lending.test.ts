import { expect, test } from "vitest";
import { World } from "./world.ts";

/** One node of two CPUs, both held by "a" and "b". */
const busy = (): World => new World({ n1: 2 }).ask("a", 1).ask("b", 1);

test("lends the next ones of the same shape, up to the number asked for", () => {
  const world = busy().ask("c", 1).ask("d", 1).ask("e", 1);
  expect(world.lend("a", 2)).toEqual(["c", "d"]);
  expect(world.tickets.get("c")?.state).toBe("taken");
  expect(world.pool.snapshot().waiting).toBe(1);
  world.release("a");
  expect(world.news()).toEqual(["a on n1", "b on n1", "e on n1"]);
});

test("lends nothing past a request of another shape, and nothing while one is in front", () => {
  const world = busy().ask("c", 1).ask("wide", 2).ask("d", 1);
  expect(world.lend("a", 9)).toEqual(["c"]);
  expect(world.lend("a", 9)).toEqual([]);
});

test("lends a request that is bound to a node only there", () => {
  const world = new World({ n1: 1, n2: 1 }).ask("a", 1).ask("b", 1).ask("c", { cpus: 1, node: "n2" }).ask("d", 1);
  expect(world.lend("a", 9)).toEqual([]);
  expect(world.lend("b", 9)).toEqual(["c", "d"]);
});

test("lends nothing with a lease that is released, or whose node drains or is gone", () => {
  const world = new World({ n1: 1, n2: 1, n3: 1, n4: 1 }).ask("a", 1).ask("b", 1).ask("c", 1).ask("d", 1).ask("e", 1);
  const leases = ["a", "b", "c"].flatMap((id) => world.leases.get(id) ?? []);
  world.drain("n1");
  world.pool.removeNode("n2", "gone");
  world.release("c");
  world.ask("f", 1);
  for (const lease of leases) expect(world.pool.takeAhead(lease, 9)).toEqual([]);
  expect(world.lend("d", 9)).toEqual(["f"]);
});

test("lends only what the caller can serve", () => {
  const world = busy().ask("c", 1).ask("d", 1);
  const [lease] = world.leases.values();
  const none = lease && world.pool.takeAhead(lease, 9, (waiter): waiter is never => waiter === undefined);
  expect(none).toEqual([]);
  expect(world.pool.snapshot().waiting).toBe(2);
});

test("earmarks the node for the next request when the first is lent, and for the first again when it returns", () => {
  const world = busy().ask("c", 1).ask("wide", 2);
  expect(world.why("c")).toMatchObject({ kind: "earmarked" });
  world.lend("a", 1);
  expect(world.why("wide")).toMatchObject({ kind: "earmarked" });
  world.putBack("c");
  expect([world.why("c"), world.why("wide")]).toMatchObject([{ kind: "earmarked" }, { kind: "no-cpus-free" }]);
});

test("puts back at the original place, whatever the order of putting", () => {
  const world = busy().ask("c", 1).ask("d", 1).ask("e", 1).ask("f", 1);
  world.lend("a", 2);
  world.putBack("d", "c", "d");
  world.news();
  world.release("a", "c", "d", "e");
  expect(world.news()).toEqual(["c on n1", "d on n1", "e on n1", "f on n1"]);
});

test("serves what was put back at once where there is room, also behind a request that a node is earmarked for", () => {
  const world = new World({ n1: 2, n2: 1 }).ask("a", 1).ask("b", 1).ask("c", 1).ask("d", 1);
  world.lend("a", 1);
  world.ask("wide", { cpus: 2, priority: 1 }).release("c");
  world.news();
  expect(world.pool.snapshot().nodes.map(({ earmarkedFor }) => earmarkedFor !== undefined)).toEqual([true, false]);
  world.putBack("d");
  expect(world.news()).toEqual(["d on n2"]);
});

test("forgets a lent request that is cancelled, and one that can't be served any more is refused", () => {
  const world = new World({ n1: 1, n2: 2 }).ask("a", 2).ask("b", 1).ask("c", 2).ask("d", 2);
  expect(world.lend("a", 2)).toEqual(["c", "d"]);
  world.cancel("c").pool.removeNode("n2", "gone");
  world.news();
  world.putBack("c", "d");
  expect(world.news()).toEqual(["d refused: never-fits"]);
  expect(world.tickets.get("c")?.state).toBe("cancelled");
});
