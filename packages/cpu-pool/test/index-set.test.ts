import * as fc from "fast-check";
import { expect, test } from "vitest";
import { IndexSet } from "../src/index-set.ts";

const index = fc.oneof(fc.nat({ max: 70 }), fc.nat({ max: 40_000 }));

test("is a set that knows its smallest, its largest, and the next from anywhere", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.boolean(), index), { size: "large" }), index, (steps, from) => {
      const set = new IndexSet();
      const model = new Set<number>();
      for (const [add, index] of steps) {
        if (add) set.add(index);
        else set.delete(index);
        if (add) model.add(index);
        else model.delete(index);
      }
      const sorted = [...model].sort((a, b) => a - b);
      expect(set.first()).toBe(sorted[0] ?? -1);
      expect(set.last()).toBe(sorted.at(-1) ?? -1);
      expect(set.firstFrom(from)).toBe(sorted.find((one) => one >= from) ?? -1);
    }),
  );
});
