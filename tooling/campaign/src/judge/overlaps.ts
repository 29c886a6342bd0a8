/** Whether one CPU had two calls at a time, worked out from what each call says of itself. */
import type { Note } from "../program/journal.ts";

/** One attempt of a call on one CPU, from its begin to the last time that it was seen at work. */
export interface CpuUse {
  /** The call's key. */
  readonly key: number;
  /** The process that ran it. */
  readonly pid: number;
  /** The CPU, with its node. */
  readonly cpu: string;
  /** Milliseconds of the monotonic clock. */
  readonly begin: number;
  /** Milliseconds of the monotonic clock. */
  readonly end: number;
}

/** Two that used a CPU at the same time. */
export type Overlap = readonly [CpuUse, CpuUse];

/** All pairs of calls that used one CPU at the same time. */
export function overlaps(notes: readonly Note[]): readonly Overlap[] {
  const byCpu = Map.groupBy(cpuUses(notes), ({ cpu }) => cpu);
  return [...byCpu.values()].flatMap(overlapsOfOne);
}

function cpuUses(notes: readonly Note[]): readonly CpuUse[] {
  const attempts = Map.groupBy(notes, ({ run, key, attempt, node, pid }) => [run, key, attempt, node, pid].join(" "));
  return [...attempts.values()].flatMap(stretches).flatMap((stretch) => {
    const times = stretch.map(({ at }) => at);
    return stretch.slice(0, 1).flatMap(({ key, pid, node, mask, lease }) =>
      cpusOf(mask, lease).map((cpu) => ({
        key,
        pid,
        cpu: `${node}:${cpu}`,
        begin: Math.min(...times),
        end: Math.max(...times),
      })),
    );
  });
}

/** A call that is computed again in the same process begins again. */
function stretches(notes: readonly Note[]): readonly (readonly Note[])[] {
  const found: Note[][] = [];
  for (const note of notes) {
    const last = found.at(-1);
    if (last === undefined || note.what === "begin") found.push([note]);
    else last.push(note);
  }
  return found;
}

/** What the kernel says counts, where the worker is pinned. */
function cpusOf(mask: string, lease: readonly number[]): readonly number[] {
  const allowed = cpuNumbers(mask);
  return allowed.length === lease.length ? allowed : lease;
}

function overlapsOfOne(uses: readonly CpuUse[]): readonly Overlap[] {
  const found: Overlap[] = [];
  let last: CpuUse | undefined;
  for (const use of uses.toSorted((a, b) => a.begin - b.begin)) {
    if (last !== undefined && use.begin < last.end) found.push([last, use]);
    if (last === undefined || use.end > last.end) last = use;
  }
  return found;
}

/** `"0-1,4"` as [0, 1, 4]. */
const cpuNumbers = (list: string): readonly number[] =>
  list.split(",").flatMap((range) => {
    const [first = Number.NaN, last = first] = range.split("-").map(Number);
    return Array.from({ length: last - first + 1 }, (_, i) => first + i);
  });
