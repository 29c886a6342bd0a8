import * as fc from "fast-check";
import { expect, test } from "vitest";
import { type MomentKind, randomMoment } from "../src/moment.ts";
import { Random, seedOf } from "../src/random.ts";

test("a seed gives the same moment again, of a kind that was asked for, within the program", () => {
  const kinds = fc.array(fc.constantFrom<MomentKind>("at-once", "starting", "running", "ending"), { minLength: 1 });
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 1, max: 100 }), kinds, (seed, calls, wanted) => {
      const moment = randomMoment(new Random(seed), calls, wanted);
      expect(moment).toEqual(randomMoment(new Random(seed), calls, wanted));
      expect(wanted).toContain(moment.kind);
      if ("acknowledged" in moment)
        expect([moment.acknowledged >= 1, moment.acknowledged <= calls]).toEqual([true, true]);
    }),
  );
});

test("each round of each fault has a seed of its own", () => {
  const seeds = ["head-kill", "head-term"].flatMap((fault) =>
    [1, 2].flatMap((campaign) => [0, 1, 2].map((round) => seedOf(campaign, fault, round))),
  );
  expect(new Set(seeds).size).toBe(seeds.length);
});
