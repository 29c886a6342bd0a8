/** What must be true of a run, whatever has broken under it. */
import { expect } from "vitest";
import { endOf, numbers, type RunDir } from "./faults-cluster.ts";
import type { CallNote } from "./programs/faults-functions.ts";

/** What no fault may change: the values are right, each was stored once, everybody got what was stored, and no CPU had two calls at a time. */
export function expectSound({ outcome, rows, notes }: RunDir): void {
  const values = outcome?.type === "done" ? outcome.values : [];
  expect(outcome).toMatchObject({ type: "done" });
  expect(values.map(({ x, square }) => [x, square])).toEqual(values.map(({ x }) => [x, x * x]));
  expect(rows.map(({ x, times }) => [x, times])).toEqual(numbers(values.length / 2).map((x) => [x, 1]));
  const stored = new Map(rows.map(({ x, value }) => [x, value]));
  expect(values.map(({ node, attempt }) => [node, attempt])).toEqual(
    values.map(({ x }) => [stored.get(x)?.node, stored.get(x)?.attempt]),
  );
  expect(overlaps(notes)).toEqual([]);
}

/** Each value that a run has stored was computed once, though everybody asked for it twice: again only where an attempt was lost. */
export function expectComputedOnce({ rows, notes }: RunDir): void {
  const begun = rows.map(({ x }) =>
    notes.filter((note) => note.x === x && note.what === "begin").map(({ attempt }) => attempt),
  );
  // A worker may be lost with a call that it has not begun.
  expect(begun.map((attempts) => [attempts.at(-1), attempts.length])).toEqual(
    rows.map(({ value }, i) => [value.attempt, new Set(begun[i]).size]),
  );
}

/** Calls that began on a CPU where another one had not ended, and did end. */
function overlaps(notes: readonly CallNote[]): unknown[] {
  const spans = notes
    .filter(({ what }) => what === "begin")
    .flatMap((begin) => {
      const end = endOf(begin, notes);
      return end === undefined
        ? []
        : begin.cpuIds.map((cpu) => ({ x: begin.x, cpu: `${begin.node}:${cpu}`, begin: begin.at, end: end.at }));
    });
  return spans.flatMap((a) =>
    spans.filter((b) => a.x !== b.x && a.cpu === b.cpu && a.begin < b.begin && b.begin < a.end).map((b) => [a, b]),
  );
}
