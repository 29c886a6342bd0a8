import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { WorkerLimit } from "../../src/dispatch/worker-limit.ts";

describe("a node that has met a limit", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  const limit = (isThere = (): boolean => true) => {
    const log: string[] = [];
    const hooks = {
      limited: (workers: number): boolean => log.push(`at most ${workers}`) > 0 && isThere(),
      told: (workers: number, reason: string): void => void log.push(`told ${workers}: ${reason}`),
    };
    return { limit: new WorkerLimit(hooks), log };
  };

  it("runs as many workers as there are room for, and tells so once for all starts that have failed together", () => {
    const { limit: node, log } = limit();
    for (const workers of [3, 2, 1, 0]) node.met("60 processes", workers);
    node.settled(1);
    node.settled(1);
    expect(log).toEqual(["at most 3", "at most 2", "at most 1", "at most 1", "told 1: 60 processes"]);
  });

  it("is tried with one more from time to time, and does not tell what is known", () => {
    const { limit: node, log } = limit();
    node.met("60 processes", 2);
    node.settled(2);
    vi.advanceTimersByTime(60_000);
    node.met("60 processes", 2);
    node.settled(2);
    node.met("60 processes", 3);
    node.settled(3);
    expect(log).toEqual([
      "at most 2",
      "told 2: 60 processes",
      "at most 3",
      "at most 4",
      "at most 2",
      "at most 3",
      "told 3: 60 processes",
    ]);
  });

  it("is left alone when it is gone", () => {
    const { limit: node, log } = limit(() => log.length < 2);
    node.met("60 processes", 2);
    vi.advanceTimersByTime(300_000);
    expect(log).toEqual(["at most 2", "at most 3"]);
    expect(vi.getTimerCount()).toBe(0);
  });
});
