/** A job's part of each of its nodes, from the lines that `scontrol show job --details` adds to a record. Pure. */
import type { CpuPlace } from "./cpu-place.ts";
import { parseCpuPlace } from "./cpu-place.ts";
import { Cursor } from "./cursor.ts";
import { expandHostlist } from "./expand-hostlist.ts";
import { parseGres } from "./node-gres.ts";
import { parseNumberRanges, writeNumbers } from "./number-ranges.ts";

/** The job's part of one node. */
export interface NodeDetails {
  /** Slurm's name of the node, checked. */
  readonly name: string;
  /** Whole cores: there may be more of them than CPUs that the job may use. */
  readonly cpuPlaces: readonly CpuPlace[];
  /** The node's own numbers of GPUs, as text: other sources name GPUs (Allocation). */
  readonly gpuIds: readonly string[];
  /** All generic resources as `--gres` takes them, without types: `gpu:2,nvme:1`. Absent where there are none; where components share a node, the first one's. */
  readonly gres?: string | undefined;
  /** Absent where Slurm does not hand out memory (SelectTypeParameters without Memory). */
  readonly memoryMb?: number | undefined;
}

/** In the record's order; a line may be of several nodes. */
export const readNodeDetails = (record: string): readonly NodeDetails[] =>
  [...record.matchAll(/^\s+Nodes=(\S+) CPU_IDs=(\S*) Mem=(\d*)(.*)$/gm)].flatMap(
    ([, hostlist = "", cpus = "", memory = "", rest = ""]) => {
      const cpuPlaces = numbers(cpus, "CPU_IDs").map(parseCpuPlace);
      const gpuIds = [...rest.matchAll(/\bgpu\b[^(,]*\(IDX:([^)]*)\)/g)].flatMap(([, indexes = ""]) =>
        numbers(indexes, "GRES").map(String),
      );
      const memoryMb = Number(memory) || undefined;
      const gres = parseGres(/ GRES=(\S*)/.exec(rest)?.[1] ?? "") || undefined;
      return expandHostlist(hostlist, "Nodes").map((name) => ({ name, cpuPlaces, gpuIds, gres, memoryMb }));
    },
  );

/** Each node once: the components of a heterogeneous job may share one. */
export function sumNodeDetails(shares: readonly NodeDetails[]): readonly NodeDetails[] {
  const nodes = new Map<string, NodeDetails>();
  for (const share of shares) nodes.set(share.name, addShare(nodes.get(share.name), share));
  return [...nodes.values()];
}

const addShare = (sum: NodeDetails | undefined, share: NodeDetails): NodeDetails => ({
  name: share.name,
  cpuPlaces: union(sum?.cpuPlaces, share.cpuPlaces),
  gpuIds: union(sum?.gpuIds, share.gpuIds),
  gres: sum === undefined ? share.gres : sum.gres,
  memoryMb: sum === undefined ? share.memoryMb : addKnown(sum.memoryMb, share.memoryMb),
});

const union = <Id extends number | string>(a: readonly Id[] = [], b: readonly Id[]): Id[] =>
  [...new Set([...a, ...b])].sort((x, y) => Number(x) - Number(y));

const addKnown = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined || b === undefined ? undefined : a + b;

/** `0-3,8`; an index list may also be `N/A`. */
const numbers = (list: string, variable: string): number[] =>
  /^\d/.test(list) ? writeNumbers(parseNumberRanges(new Cursor({ text: list, variable }))).map(Number) : [];
