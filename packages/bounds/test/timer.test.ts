import { spawnSync } from "node:child_process";
import { setTimeout as realPause } from "node:timers/promises";
import { assert, integer, property } from "fast-check";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { after, every, LONGEST_TIMER_MS, pause } from "../src/index.ts";

const DAY_MS = 86_400_000;

// Their clock fires at once, as Node's does, where a timer is too long.
beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("after", () => {
  test("the clock of these tests has Node's fault", () => {
    const fired = vi.fn();
    setTimeout(fired, 2 ** 31);
    vi.advanceTimersByTime(2);
    expect(fired).toHaveBeenCalledOnce();
  });

  test("happens when the time is over, and not before, however long that is", () => {
    assert(
      property(integer({ min: 1, max: 400 * DAY_MS }), (ms) => {
        const fired = vi.fn();
        after(ms, fired);
        vi.advanceTimersByTime(ms - 1);
        expect(fired).not.toHaveBeenCalled();
        vi.advanceTimersByTime(1);
        expect(fired).toHaveBeenCalledOnce();
      }),
      { examples: [[2 ** 31 - 1], [2 ** 31], [2 ** 31 + 1], [2 ** 32], [2 ** 32 - 2], [30 * DAY_MS]] },
    );
    expect(vi.getTimerCount()).toBe(0);
  });

  test("is called off in any of its pieces", () => {
    for (const passedMs of [0, LONGEST_TIMER_MS - 1, LONGEST_TIMER_MS, LONGEST_TIMER_MS + 1]) {
      const timer = after(30 * DAY_MS, () => expect.unreachable());
      vi.advanceTimersByTime(passedMs);
      timer[Symbol.dispose]();
      expect(vi.getTimerCount()).toBe(0);
    }
  });

  test("has no timer at all for Infinity", () => {
    using timer = after(Infinity, () => expect.unreachable());
    expect(timer.unref()).toBe(timer);
    expect(vi.getTimerCount()).toBe(0);
  });

  test("refuses what is no time", () => {
    for (const wrong of [Number.NaN, "5", undefined, null, {}]) {
      // A caller without types.
      expect(() => after(wrong as number, () => undefined)).toThrow(RangeError);
      expect(() => every(wrong as number, () => undefined)).toThrow("A timer needs a time in milliseconds");
    }
  });

  test("does not notice a wall clock that is set", () => {
    const fired = vi.fn();
    after(1_000, fired);
    vi.setSystemTime(Date.now() + DAY_MS);
    vi.advanceTimersByTime(999);
    vi.setSystemTime(Date.now() - 2 * DAY_MS);
    expect(fired).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(fired).toHaveBeenCalledOnce();
  });
});

describe("every", () => {
  test.each([1_000, 2 ** 31 - 1, 2 ** 31, 30 * DAY_MS])("happens once in %d ms", (ms) => {
    const fired = vi.fn();
    using _timer = every(ms, fired);
    vi.advanceTimersByTime(ms - 1);
    expect(fired).not.toHaveBeenCalled();
    for (let times = 1; times <= 3; times += 1) {
      vi.advanceTimersByTime(times === 1 ? 1 : ms);
      expect(fired).toHaveBeenCalledTimes(times);
    }
  });

  test("ends when it is disposed of, also by what it does", () => {
    for (const ms of [1_000, 30 * DAY_MS]) {
      let times = 0;
      const timer = every(ms, () => {
        times += 1;
        timer[Symbol.dispose]();
      });
      vi.advanceTimersByTime(3 * ms);
      expect(times).toBe(1);
    }
    expect(every(Infinity, () => undefined)[Symbol.dispose]()).toBeUndefined();
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("pause", () => {
  test("ends with the signal's reason, and leaves no timer and no listener", async () => {
    const stop = new AbortController();
    const paused = pause(30 * DAY_MS, stop.signal);
    const reason = new Error("no longer wanted");
    stop.abort(reason);
    await expect(paused).rejects.toBe(reason);
    await expect(pause(1, stop.signal)).rejects.toBe(reason);
    expect(vi.getTimerCount()).toBe(0);
  });

  test("resolves when the time is over", async () => {
    const paused = pause(30 * DAY_MS);
    vi.advanceTimersByTime(30 * DAY_MS);
    await expect(paused).resolves.toBeUndefined();
  });
});

describe("on a real clock", () => {
  test("what is far away does not happen now, and an unref'd timer of any length lets the process end", async () => {
    vi.useRealTimers();
    using _far = after(2 ** 31, () => expect.unreachable());
    await realPause(20);
    const index = new URL("../src/index.ts", import.meta.url).href;
    const code = `import { after, every } from ${JSON.stringify(index)}; for (const ms of [2 ** 31, 2 ** 33]) { after(ms, () => console.log("fired")).unref(); every(ms, () => console.log("fired")).unref(); } after(Infinity, () => 0);`;
    const { status, stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", code], {
      encoding: "utf8",
      timeout: 60_000,
    });
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: "", stderr: "" });
  });
});
