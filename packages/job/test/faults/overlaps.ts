/**
 * Whether one CPU was ever given to two at a time, worked out from what each call says of itself. Knows nothing of
 * what gives the CPUs out.
 */

/** What a call found: the CPUs that the kernel let it use, and when it began and ended, on one clock for all. */
export interface CpuUse {
  /** As in `Cpus_allowed_list` of proc(5), e.g. `"0-1,4"`. */
  readonly cpus: string;
  readonly start: number;
  readonly end: number;
}

/** Two that used a CPU at the same time. */
export interface Overlap<A extends CpuUse> {
  readonly cpu: number;
  readonly first: A;
  readonly second: A;
}

/** All pairs of neighbours in time that overlap on a CPU. */
export function overlaps<A extends CpuUse>(uses: readonly A[]): Overlap<A>[] {
  const byCpu = new Map<number, A[]>();
  for (const use of uses) {
    for (const cpu of cpuNumbers(use.cpus)) {
      const onIt = byCpu.get(cpu);
      if (onIt === undefined) byCpu.set(cpu, [use]);
      else onIt.push(use);
    }
  }
  return [...byCpu].flatMap(([cpu, onIt]) => overlapsOn(cpu, onIt));
}

function overlapsOn<A extends CpuUse>(cpu: number, uses: readonly A[]): Overlap<A>[] {
  const found: Overlap<A>[] = [];
  let last: A | undefined;
  for (const use of uses.toSorted((a, b) => a.start - b.start)) {
    if (last !== undefined && use.start < last.end) found.push({ cpu, first: last, second: use });
    if (last === undefined || use.end > last.end) last = use;
  }
  return found;
}

const cpuNumbers = (list: string): number[] =>
  list.split(",").flatMap((range) => {
    const [first = Number.NaN, last = first] = range.split("-").map(Number);
    return Array.from({ length: last - first + 1 }, (_, i) => first + i);
  });
