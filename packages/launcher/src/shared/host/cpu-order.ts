/**
 * The cores of a machine in the order in which Slurm counts them. Slurm's CPU numbers are places in the order of the
 * library hwloc, and not ids of the kernel: whatever holds CPUs (packages, NUMA nodes, dies, level-3 caches, clusters,
 * cores) comes in the order of its lowest CPU, at each level. The ids of packages and cores say nothing.
 * (Slurm's src/slurmd/common/xcpuinfo.c, "block map"; hwloc's terms and definitions, "logical index")
 */

/** Which CPUs sit together in a machine, by the kernel's ids; all sets ascending. */
export interface CpuTopology {
  /** The CPUs that are online. */
  readonly cpus: readonly number[];
  /** The hardware threads of each core. Every CPU is in one of them. */
  readonly cores: readonly CpuGroup[];
  /** Whatever else holds whole cores: packages, NUMA nodes, dies, level-3 caches, clusters. In any order; the same set may be there several times. */
  readonly groups: readonly CpuGroup[];
  /** Whether there are cores of several kinds: Slurm leaves out the slower ones, unless it is told otherwise. */
  readonly hybrid: boolean;
}

/** CPUs that sit together, by the kernel's ids. */
export type CpuGroup = readonly number[];

/** The cores as hwloc counts them. Null where sets overlap without one being in the other: then nobody knows what hwloc makes of it. */
export function coresInOrder({ cpus, cores, groups }: CpuTopology): readonly CpuGroup[] | null {
  const sets = unlike([cpus, ...groups, ...cores]).toSorted((a, b) => b.length - a.length);
  const parents = new Map<CpuGroup, CpuGroup[]>();
  const innermost = new Map<number, CpuGroup>();
  for (const set of sets) {
    const holders = new Set(set.map((cpu) => innermost.get(cpu)));
    const [holder] = holders;
    if (holders.size > 1) return null;
    if (holder !== undefined) parents.set(holder, [...(parents.get(holder) ?? []), set]);
    for (const cpu of set) innermost.set(cpu, set);
  }
  const descend = (set: CpuGroup): readonly CpuGroup[] =>
    parents.get(set)?.toSorted(byLowestCpu).flatMap(descend) ?? [set];
  return sets.slice(0, 1).flatMap(descend);
}

/**
 * The same, where a CPU's place in it is certain to be Slurm's number for it. Slurm itself gets lost where CPUs are
 * offline (ids beyond their number), and cuts cores to a common number of threads.
 */
export function slurmCores(topology: CpuTopology): readonly CpuGroup[] | null {
  const { cpus, cores, hybrid } = topology;
  const threads = cores[0]?.length ?? 0;
  if (hybrid || cpus.some((id) => id >= cpus.length) || cores.some((core) => core.length !== threads)) return null;
  return coresInOrder(topology);
}

const unlike = (sets: readonly CpuGroup[]): CpuGroup[] => [...new Map(sets.map((set) => [set.join(), set])).values()];

const byLowestCpu = ([a = 0]: CpuGroup, [b = 0]: CpuGroup): number => a - b;
