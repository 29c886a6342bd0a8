/** What a round has shown: nothing may be lost, doubled, used twice, left over, hang, or end otherwise than expected. Pure. */
import { valueOf } from "../plan.ts";
import type { Evidence, StoredRow } from "./evidence.ts";
import { overlaps } from "./overlaps.ts";
import { COMPLETES, type ExpectedEnd, isExpected, showEnd, type Unfinished } from "./program-end.ts";

/** In the order of the table. */
export const COUNTS = ["lost", "doubled", "cpusTwice", "leftOver", "hangs", "unexpectedEnds"] as const;

/** For each kind a sentence about each that was found; all are empty where all is well. */
export type Verdict = Readonly<Record<(typeof COUNTS)[number], readonly string[]>>;

/** All is well. */
export const NOTHING: Verdict = { lost: [], doubled: [], cpusTwice: [], leftOver: [], hangs: [], unexpectedEnds: [] };

/** What a fault may lead to. */
export interface Expectation {
  /** The ends that the first run may have. */
  readonly ends: readonly ExpectedEnd[];
  /** Those of other programs that the fault starts in the same directory. Default: none is started. */
  readonly otherEnds?: readonly ExpectedEnd[];
  /** Whether each call has to begin once: the fault does nothing to it, nor to what it runs in. Default false. */
  readonly once?: boolean;
  /** Whether calls that behave must not pay for hostile ones with an attempt. Default false. */
  readonly sparesOthers?: boolean;
}

/** Whether nothing was found. */
export const isSound = (verdict: Verdict): boolean => COUNTS.every((kind) => verdict[kind].length === 0);

/** What the evidence shows, by what was to be expected. */
export const judge = (evidence: Evidence, expectation: Expectation): Verdict => ({
  lost: lost(evidence),
  doubled: doubled(evidence, expectation),
  cpusTwice: overlaps(evidence.notes).map(
    ([a, b]) =>
      `CPU ${a.cpu} had call ${a.key} (process ${a.pid}) and call ${b.key} (process ${b.pid}) for ${(Math.min(a.end, b.end) - b.begin).toFixed(1)} ms`,
  ),
  leftOver: [...evidence.first.leftProcesses, ...evidence.second.leftProcesses, ...evidence.leftFiles],
  hangs: [evidence.first.end, ...evidence.others, evidence.second.end].flatMap((end) =>
    end.type === "hung" ? [showEnd(end)] : [],
  ),
  unexpectedEnds: unexpectedEnds(evidence, expectation),
});

function lost({ acknowledgements, first, second, destroyedBefore = Number.NEGATIVE_INFINITY }: Evidence): string[] {
  const acknowledged = acknowledgements.filter(({ what, at }) => what === "acknowledged" && at >= destroyedBefore);
  const gone = (run: string, rows: readonly StoredRow[], when: string): string[] => {
    const right = new Set(rows.filter(({ key, value }) => value === valueOf(key)).map(({ key }) => key));
    return acknowledged
      .filter((one) => (run === "2" || one.run !== "2") && !right.has(one.key))
      .map(({ key }) => `the result of call ${key} was acknowledged, and was not stored after the ${when} run`);
  };
  return [...gone("1", first.rows, "first"), ...gone("2", second.rows, "second")];
}

function doubled(
  { acknowledgements, notes, first, rowsBetween, secondAt, second }: Evidence,
  { once = false }: Expectation,
): string[] {
  const acknowledgedAt = new Map(
    acknowledgements
      .filter(({ what }) => what === "acknowledged")
      .toReversed()
      .map(({ key, at }) => [key, at]),
  );
  const stored = new Set(rowsBetween.map(({ key }) => key));
  const begins = notes.filter(({ what }) => what === "begin");
  // A result that the fault itself has destroyed has to be computed again: then it is not stored between the runs.
  const again = begins.filter(({ key, at }) =>
    at > secondAt ? stored.has(key) : at > (acknowledgedAt.get(key) ?? Number.POSITIVE_INFINITY),
  );
  const more = once ? [...Map.groupBy(begins, ({ key }) => key)].filter(([, each]) => each.length > 1) : [];
  return [
    ...more.map(([key, each]) => `call ${key} has begun ${each.length} times, and nothing had happened to it`),
    ...again.map(
      ({ key, run, attempt }) =>
        `call ${key} was computed again in run ${run}, attempt ${attempt}, although its result was there`,
    ),
    ...[...first.rows, ...second.rows]
      .filter(({ times }) => times > 1)
      .map(({ key, times }) => `call ${key} has ${times} rows`),
  ];
}

function unexpectedEnds(evidence: Evidence, { ends, otherEnds = [], sparesOthers = false }: Expectation): string[] {
  const { first, others, second } = evidence;
  const found: string[] = [];
  if (first.end.type !== "hung" && !ends.some((end) => isExpected(first.end, unfinished(evidence, "1"), end)))
    found.push(`The first run ${showEnd(first.end)}${showFailures(evidence)}`);
  for (const other of others)
    if (other.type !== "hung" && !otherEnds.some((end) => isExpected(other, { hostile: [], innocent: [] }, end)))
      found.push(`The other program ${showEnd(other)}`);
  if (second.end.type !== "hung" && !isExpected(second.end, unfinished(evidence, "2"), COMPLETES))
    found.push(`The second run ${showEnd(second.end)}`);
  return sparesOthers ? [...found, ...charged(evidence)] : found;
}

function unfinished({ calls, acknowledgements }: Evidence, run: string): Unfinished {
  const done = new Set(
    acknowledgements.filter((one) => one.what === "acknowledged" && one.run === run).map(({ key }) => key),
  );
  const without = calls.filter(({ key }) => !done.has(key));
  return {
    hostile: without.filter(({ hostile }) => hostile !== undefined).map(({ key }) => key),
    innocent: without.filter(({ hostile }) => hostile === undefined).map(({ key }) => key),
  };
}

/** Calls that behave, and had to be tried again. */
function charged({ calls, notes }: Evidence): string[] {
  const innocent = new Set(calls.filter(({ hostile }) => hostile === undefined).map(({ key }) => key));
  return notes
    .filter(({ what, key, attempt }) => what === "begin" && attempt > 1 && innocent.has(key))
    .map(({ key, attempt }) => `call ${key}, which behaves, had to begin attempt ${attempt}`);
}

function showFailures({ calls, acknowledgements }: Evidence): string {
  const innocent = new Set(calls.filter(({ hostile }) => hostile === undefined).map(({ key }) => key));
  const failed = acknowledgements.filter(({ what, key }) => what === "failed" && innocent.has(key));
  return failed.length === 0
    ? ""
    : `; ${failed.length} calls that behave have failed, such as ${failed[0]?.key}: ${failed[0]?.message?.slice(0, 400)}`;
}
