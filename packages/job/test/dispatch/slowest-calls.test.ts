/** The calls that ran longest. */
import { encodeValue } from "@hyperion-ts/wire";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { SlowestCalls } from "../../src/dispatch/slowest-calls.ts";
import type { Task } from "../../src/dispatch/task.ts";

const callOf = (number: number, input = encodeValue({ number })): Task =>
  ({ number, functionName: "f", attempt: 1, node: "n1", request: { cpus: 2 }, input }) as unknown as Task;

test("are the hundred longest of all that have ended, the longest first", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(1_000), { maxLength: 700 }), fc.integer({ min: 1, max: 150 }), (runs, most) => {
      const slowest = new SlowestCalls();
      for (const [number, runMs] of runs.entries()) {
        slowest.add(callOf(number), "done", runMs);
        // Whoever looks meanwhile changes nothing.
        if (number % 97 === 0) slowest.list(1);
      }
      const longest = runs.toSorted((a, b) => b - a).slice(0, Math.min(most, 100));
      expect(slowest.list(most).map(({ seconds }) => seconds * 1_000)).toEqual(longest.map((ms) => expect.closeTo(ms)));
    }),
  );
});

test("are told with where they ran and their inputs; a large one is not kept", () => {
  const slowest = new SlowestCalls();
  slowest.add(callOf(1), "failed", 2_000);
  slowest.add(callOf(2, new Uint8Array(1_000_000)), "done", 1_000);
  expect(slowest.list(10)).toMatchObject([
    {
      id: "1",
      outcome: "failed",
      seconds: 2,
      functionName: "f",
      attempt: 1,
      node: "n1",
      cpus: 2,
      input: "{ number: 1 }",
    },
    { id: "2", input: "1,000,000 bytes" },
  ]);
});
