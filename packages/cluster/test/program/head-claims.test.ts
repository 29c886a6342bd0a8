import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { HeadClaims } from "../../src/program/head-claims.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** The claims of a head, and what was done about them. */
function claimsOfHead({ takesIn = true } = {}) {
  const done: string[] = [];
  const claims = new HeadClaims({
    takeIn: async () => {
      done.push("taken in");
      if (!takesIn) throw new Error("can't be read");
    },
    release: () => void done.push("fallen"),
  });
  return { claims, done };
}

test("claims of a head fall when its link has been cut for a minute, behind its rows", async () => {
  const { claims, done } = claimsOfHead();
  claims.linked(true);
  claims.linked(false);
  await vi.advanceTimersByTimeAsync(50_000);
  claims.linked(true);
  await vi.advanceTimersByTimeAsync(600_000);
  expect(done).toEqual([]);
  claims.linked(false);
  await vi.advanceTimersByTimeAsync(61_000);
  expect(done).toEqual(["taken in", "fallen"]);
  claims.linked(false);
  claims[Symbol.dispose]();
  await vi.advanceTimersByTimeAsync(600_000);
  expect(done).toHaveLength(2);
});

test("claims of a head fall also where its rows can't be taken in", async () => {
  const { claims, done } = claimsOfHead({ takesIn: false });
  await claims.fall();
  expect(done).toEqual(["taken in", "fallen"]);
});
