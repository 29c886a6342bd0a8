import { describe, expect, test } from "vitest";
import { FIRST_PAST, NO_PAST, sparedPast } from "../../src/dispatch/spared.ts";

describe("a call whose worker has ended", () => {
  test("has lost its attempt where it ran, and nobody else is to blame", () => {
    expect(sparedPast(NO_PAST, "running")).toBe(null);
  });

  test("is the first in its next worker where another call has struck it", () => {
    expect(sparedPast(NO_PAST, "struck")).toEqual({ first: true, missed: 0 });
  });

  test("is made again as it was where it stood behind", () => {
    expect(sparedPast(FIRST_PAST, "behind")).toBe(FIRST_PAST);
  });

  test("is taken for the cause where it was the next one of 20 workers", () => {
    let past: ReturnType<typeof sparedPast> = NO_PAST;
    let workers = 0;
    for (; past !== null; workers += 1) past = sparedPast(past, "next");
    expect(workers).toBe(20);
  });
});
