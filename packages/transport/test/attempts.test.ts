import { beforeEach, describe, expect, test, vi } from "vitest";
import type * as Bounds from "@hyperion-ts/bounds";
import { type AttemptPolicy, withAttempts } from "../src/attempts.ts";
import { thrownBy } from "./world.ts";

/** A time that passes in pauses, and at once; while it stands still, pauses have no end. */
const clock = vi.hoisted(() => ({ nowMs: 0, standsStill: false }));
vi.mock("@hyperion-ts/bounds", async (original) => ({
  ...(await original<typeof Bounds>()),
  pause: (ms: number, signal: AbortSignal) =>
    clock.standsStill
      ? new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)))
      : Promise.resolve((clock.nowMs += ms)),
}));
beforeEach(() => {
  Object.assign(clock, { nowMs: 0, standsStill: false });
  vi.spyOn(performance, "now").mockImplementation(() => clock.nowMs);
});

const POLICY: AttemptPolicy = {
  attempts: 5,
  patienceMs: 1_000_000,
  pauseMs: 500,
  isTransient: () => true,
  waiting: () => undefined,
};

/** Attempts that fail until the `succeedsAt`-th, each after `takesMs`. */
function attempts({
  succeedsAt = Number.POSITIVE_INFINITY,
  takesMs = 0,
  transient = true,
  signal = new AbortController().signal,
  ...changed
}: Partial<AttemptPolicy> & { succeedsAt?: number; takesMs?: number; transient?: boolean; signal?: AbortSignal }) {
  const pauses: number[] = [];
  const begunAt: number[] = [];
  const attempt = async (number: number): Promise<string> => {
    begunAt.push(clock.nowMs);
    clock.nowMs += takesMs;
    if (number < succeedsAt) throw new Error(`attempt ${number}`);
    return `got it at ${number}`;
  };
  const hooks: Pick<AttemptPolicy, "isTransient" | "waiting"> = {
    isTransient: () => transient,
    waiting: (_error, _number, pauseMs) => pauses.push(pauseMs),
  };
  const done = withAttempts({ ...POLICY, ...hooks, ...changed }, signal, attempt);
  return { done, pauses, begunAt };
}

describe("withAttempts", () => {
  test("returns what the first attempt returns that succeeds", async () => {
    const { done, pauses } = attempts({ succeedsAt: 3 });
    expect(await done).toBe("got it at 3");
    expect(pauses).toHaveLength(2);
  });

  test("throws the error of the last attempt", async () => {
    const { done, pauses } = attempts({ attempts: 4 });
    expect(await thrownBy(done)).toMatchObject({ message: "attempt 4" });
    expect(pauses).toHaveLength(3);
  });

  test("does not try again what another attempt can't cure", async () => {
    const { done, pauses } = attempts({ transient: false });
    expect(await thrownBy(done)).toMatchObject({ message: "attempt 1" });
    expect(pauses).toEqual([]);
  });

  test("begins no attempt when its patience is over, also not after a pause", async () => {
    for (let i = 0; i < 50; i += 1) {
      clock.nowMs = 0;
      const { done, begunAt } = attempts({ patienceMs: 10_000, takesMs: 1_000, pauseMs: 3_000, attempts: 100 });
      await thrownBy(done);
      expect(begunAt.length).toBeGreaterThanOrEqual(2);
      expect(Math.max(...begunAt)).toBeLessThanOrEqual(10_000);
    }
  });

  test("pauses for a random time, up to twice as long each time, and at most 10 s", async () => {
    const runs = Array.from({ length: 50 }, () => attempts({ attempts: 9, patienceMs: Number.POSITIVE_INFINITY }));
    await Promise.all(runs.map(({ done }) => thrownBy(done)));
    const all = runs.map(({ pauses }) => pauses);
    for (const [i, longestMs] of [500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000, 10_000].entries()) {
      const these = all.map((pauses) => pauses[i] ?? Number.NaN);
      expect(Math.min(...these)).toBeGreaterThanOrEqual(longestMs / 2);
      expect(Math.max(...these)).toBeLessThanOrEqual(longestMs);
      expect(new Set(these).size).toBeGreaterThan(5);
    }
  });

  test("ends a pause when it is aborted, with the signal's reason", async () => {
    clock.standsStill = true;
    const controller = new AbortController();
    const { done, pauses } = attempts({ signal: controller.signal });
    const error = thrownBy(done);
    await vi.waitFor(() => expect(pauses).toHaveLength(1), { timeout: 30_000 });
    controller.abort("enough");
    expect(await error).toBe("enough");
  });

  test("tells the signal's reason, and not the error, of an attempt that failed because of the abort", async () => {
    const controller = new AbortController();
    const done = withAttempts(POLICY, controller.signal, () => {
      controller.abort("enough");
      return Promise.reject(new Error("the socket was closed"));
    });
    expect(await thrownBy(done)).toBe("enough");
  });
});
