/**
 * Calls that leave something behind which ends or breaks their worker, among calls that have nothing to do with it. Which
 * is which, and when, is random; a failing run prints its seed.
 */
import { describe, expect, test, vi } from "vitest";
import { CallError, mapConcurrentlySettled, remoteEval } from "../../src/index.ts";
import { allPlaces, breaks, type Place } from "../functions/breaking.ts";
import { haunts, type Way, works } from "../functions/haunting.ts";
import { numbers, survive, World } from "./world.ts";

// Each guilty call costs a worker.
vi.setConfig({ testTimeout: 300_000 });

const CALLS = 60;
const SEEDS = [1, 2, 3];

/** The same numbers for the same seed, from 0 to 1. (Park and Miller's minimal standard generator) */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}

const oneOf = <A>(random: () => number, all: readonly [A, ...A[]]): A =>
  all[Math.floor(random() * all.length)] ?? all[0];

type Innocent = Parameters<typeof works.run>[0];
type Guilty = Parameters<typeof haunts.run>[0] | Parameters<typeof breaks.run>[0];

/** A third of the calls is made by `guilty`. */
function plan(seed: number, guilty: (random: () => number) => Guilty): readonly (Innocent | Guilty)[] {
  const random = randomNumbers(seed);
  return numbers(CALLS).map((x) => (random() < 0.33 ? guilty(random) : { x, ms: random() * 4, waits: random() < 0.5 }));
}

const isInnocent = (input: Innocent | Guilty): input is Innocent => "x" in input;
const call = (input: Innocent | Guilty) =>
  "x" in input ? remoteEval(works, input) : "way" in input ? remoteEval(haunts, input) : remoteEval(breaks, input);

/** Runs the calls, and expects that the innocent ones succeed, and the world is as it was. */
async function outcomes(inputs: readonly (Innocent | Guilty)[]): Promise<{
  readonly innocent: readonly unknown[];
  readonly guilty: readonly (readonly [Guilty, PromiseSettledResult<unknown> | undefined])[];
  readonly blamed: readonly string[];
}> {
  await using world = new World();
  const { outcome, events } = await survive(world, mapConcurrentlySettled(inputs, call));
  const ends = "value" in outcome ? outcome.value : [];
  return {
    innocent: inputs.flatMap((input, i) => (isInnocent(input) ? [ends[i]] : [])),
    guilty: inputs.flatMap((input, i) => (isInnocent(input) ? [] : [[input, ends[i]] as const])),
    blamed: events.flatMap((event) =>
      event.type === "worker-ended" && event.blame !== undefined ? [event.blame] : [],
    ),
  };
}

const succeeded = (inputs: readonly (Innocent | Guilty)[], attempt: unknown): unknown[] =>
  inputs.filter(isInnocent).map(({ x }) => ({ status: "fulfilled", value: { square: x * x, attempt } }));

describe.for(SEEDS)("seed %i", (seed) => {
  test("what an earlier call has left behind that throws or exits costs no other call an attempt, and whoever waits for it fails with its own error", async () => {
    const ways = [
      "throws-in-tick",
      "throws-in-timer",
      "rejects-unheard",
      "exits-in-tick",
      "exits-in-timer",
    ] as const satisfies readonly Way[];
    const inputs = plan(seed, (random) => ({ way: oneOf(random, ways), waits: random() < 0.3 }));
    const { innocent, guilty, blamed } = await outcomes(inputs);
    expect(innocent).toEqual(succeeded(inputs, 1));
    for (const [input, end] of guilty) {
      // What happens before its promise is settled still is its own error.
      if (!("waits" in input) || (!input.waits && end?.status === "fulfilled"))
        expect(end).toEqual({ status: "fulfilled", value: null });
      else if (input.way.startsWith("exits"))
        expect(end).toMatchObject({
          reason: { reason: { kind: "worker-died", death: { code: 3 } }, site: { attempt: 3 } },
        });
      else
        expect(end).toMatchObject({
          reason: {
            reason: { kind: "uncaught" },
            site: { attempt: 1 },
            message: expect.stringContaining("left behind"),
          },
        });
    }
    expect(blamed.length).toBeGreaterThan(0);
    for (const why of blamed)
      expect(why).toMatch(
        /^a call of haunting\/haunts \(#\d+, input \{ way: '.*', waits: false \}\) had been answered, and left something behind that (?:threw Error: left behind \(at .*haunting\.ts:\d+:\d+\)?\)|ended the process with code 3)$/,
      );
  });

  test("where a worker dies and can't say why, no call fails for what another one has left behind", async () => {
    const ways = [
      "ends-by-itself",
      "kills-itself",
      "aborts",
      "closes-the-frames",
      "throws-without-listeners",
    ] as const satisfies readonly Way[];
    const inputs = plan(seed, (random) => ({ way: oneOf(random, ways), waits: false }));
    const { innocent } = await outcomes(inputs);
    expect(innocent).toEqual(succeeded(inputs, expect.toBeOneOf([1, 2])));
  });

  test("built-in functions that a call has broken, at once or later, cost no other call an attempt", async () => {
    const places: readonly [Place, ...Place[]] = ["Buffer.from", ...allPlaces];
    const inputs = plan(seed, (random) => ({
      place: oneOf(random, places),
      how: oneOf(random, ["throws", "does-nothing"] as const),
      later: random() < 0.5,
    }));
    const { innocent, guilty, blamed } = await outcomes(inputs);
    expect(innocent).toEqual(succeeded(inputs, 1));
    const changed = /built-in functions were changed in or after a call of breaking\/breaks \(#\d+, input \{ place/;
    for (const [, end] of guilty) if (end?.status === "rejected") expect(end.reason).toBeInstanceOf(CallError);
    expect(blamed.filter((why) => changed.test(why)).length).toBeGreaterThan(0);
  });
});
