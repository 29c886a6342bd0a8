import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { GracePeriod } from "../../src/run/grace-period.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

async function isSettled(promise: Promise<void>): Promise<boolean> {
  const pending = Symbol("pending");
  await vi.advanceTimersByTimeAsync(0);
  return (await Promise.race([promise, Promise.resolve(pending)])) !== pending;
}

test("is over when the first signal's time is", async () => {
  using period = new GracePeriod();
  expect(await isSettled(period.known)).toBe(false);
  expect(period.endAfter(1_000)).toBe(true);
  expect(await isSettled(period.known)).toBe(true);
  await vi.advanceTimersByTimeAsync(900);
  expect(await isSettled(period.over)).toBe(false);
  await vi.advanceTimersByTimeAsync(101);
  expect(await isSettled(period.over)).toBe(true);
});

test("is made shorter by a later signal, and never longer", async () => {
  using period = new GracePeriod();
  expect([period.endAfter(600_000), period.endAfter(900_000), period.endAfter(20_000)]).toEqual([true, false, true]);
  await vi.advanceTimersByTimeAsync(20_001);
  expect(await isSettled(period.over)).toBe(true);
});

test("of no time is over at once, and one of months is not", async () => {
  using none = new GracePeriod();
  none.endAfter(0);
  expect(await isSettled(none.over)).toBe(true);
  using long = new GracePeriod();
  long.endAfter(90 * 86_400_000);
  expect(await isSettled(long.over)).toBe(false);
});
