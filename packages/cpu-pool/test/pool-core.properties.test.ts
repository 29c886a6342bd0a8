import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { PlacementRule } from "../src/index.ts";
import { Both, pick } from "./both.ts";
import { World } from "./world.ts";

type Step = (both: Both) => void;

const at = fc.nat({ max: 1000 });
const amounts = fc.record({
  cpus: fc.integer({ min: 1, max: 5 }),
  gpus: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.integer({ min: 0, max: 2 })),
  memoryMb: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.integer({ min: 0, max: 4 })),
  priority: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.integer({ min: -1, max: 1 })),
});
const add = fc
  .tuple(
    fc.integer({ min: 1, max: 6 }),
    fc.integer({ min: 0, max: 2 }),
    fc.option(fc.nat({ max: 6 }), { nil: undefined }),
  )
  .map(
    ([cpus, gpus, memoryMb]): Step =>
      (both) =>
        both.add(cpus, gpus, memoryMb),
  );
const bindTo = fc.option(at, { nil: undefined, freq: 4 });
const ask = fc.tuple(amounts, bindTo).map(
  ([wish, node]): Step =>
    (both) =>
      both.ask(wish, node),
);
const askOne = fc.tuple(fc.constant({ cpus: 1, gpus: 0, memoryMb: 0, priority: 0 }), bindTo).map(
  ([wish, node]): Step =>
    (both) =>
      both.ask(wish, node),
);
const step = fc.oneof(
  { weight: 2, arbitrary: add },
  { weight: 10, arbitrary: ask },
  { weight: 8, arbitrary: askOne },
  {
    weight: 9,
    arbitrary: at.map(
      (i): Step =>
        (both) =>
          both.release(i),
    ),
  },
  {
    weight: 2,
    arbitrary: at.map(
      (i): Step =>
        (both) =>
          both.cancel(i),
    ),
  },
  {
    weight: 1,
    arbitrary: at.map(
      (i): Step =>
        (both) =>
          both.drain(i),
    ),
  },
  {
    weight: 1,
    arbitrary: at.map(
      (i): Step =>
        (both) =>
          both.remove(i),
    ),
  },
  {
    weight: 2,
    arbitrary: at.map(
      (i): Step =>
        (both) =>
          both.pause(i),
    ),
  },
  {
    weight: 2,
    arbitrary: at.map(
      (i): Step =>
        (both) =>
          both.resume(i),
    ),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(at, fc.nat({ max: 4 })).map(
      ([i, max]): Step =>
        (both) =>
          both.lend(i, max),
    ),
  },
  { weight: 2, arbitrary: fc.constant<Step>((both) => both.putBack()) },
);
const start = fc.array(add, { minLength: 1, maxLength: 4 });
const rule = fc.constantFrom<PlacementRule>("spread", "pack");

test("does what the model does, in the same order, and ends with everything back", { timeout: 60_000 }, () => {
  fc.assert(
    fc.property(rule, start, fc.array(step, { maxLength: 150, size: "max" }), (rule, nodes, steps) => {
      const both = new Both(rule);
      for (const run of [...nodes, ...steps]) {
        run(both);
        both.check();
      }
      both.finish();
    }),
    { numRuns: 100 },
  );
});

test("serves a wide request once all leases that were there before it are released, whoever else comes", () => {
  const widths = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 4, maxLength: 30, size: "max" });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 4 }), widths, fc.infiniteStream(at), (count, widths, random) => {
      const world = new World(Object.fromEntries(Array.from({ length: count }, (_, i) => [`n${i}`, 8])));
      for (const [i, width] of widths.entries()) world.ask(`early${i}`, width);
      for (const id of world.tickets.keys()) if (world.tickets.get(id)?.state === "waiting") world.cancel(id);
      const early = [...world.leases.keys()];
      world.ask("wide", 8);
      for (let left = early; left.length > 0; left = left.filter((id) => world.leases.has(id))) {
        world.release(pick(left, random.next().value ?? 0) ?? "");
        world.ask(`late${left.length}`, 1);
      }
      expect(world.tickets.get("wide")?.state).toBe("granted");
    }),
  );
});
