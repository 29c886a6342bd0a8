/**
 * One node as the pool keeps it: what it has, what of that is idle, and
 * whether it still takes new leases.
 */
import { anything, checkOptions, listOf, nonEmpty, type Rules, whole } from "@hyperion-ts/bounds";
import { CpuSets, type CpuSet } from "./cpu-sets.ts";
import { IndexSet } from "./index-set.ts";
import { isWithin, natural, type Amounts } from "./shape.ts";

/** A node that a pool may use. */
export interface PoolNode {
  /** Not empty; no two nodes of a pool have the same. */
  readonly name: string;
  /** The ids of its CPUs, in any order; from 0 to 65,535. */
  readonly cpuIds: readonly number[];
  /** The names of its GPUs, in the order in which they are given out: what CUDA_VISIBLE_DEVICES takes, `"0"` or `"MIG-377e0049"`; none if left out. */
  readonly gpuIds?: readonly string[] | undefined;
  /** Its memory in whole megabytes. Left out means: not counted, any request fits. */
  readonly memoryMb?: number | undefined;
}

/** "paused": takes no leases for the time being. "removed" is final; a node that drains can only be removed. */
export type NodePhase = "active" | "paused" | "draining" | "removed";

/** What a lease took from its node. */
export interface Taken {
  /** Its CPUs. */
  readonly cpus: CpuSet;
  /** The names of its GPUs. */
  readonly gpuIds: readonly string[];
  /** In megabytes. */
  readonly memoryMb: number;
}

const NO_GPUS: readonly string[] = Object.freeze([]);
const MAX_ID = 65_535;

/** The mutable record of one node. */
export class NodeState {
  /** Unique among the nodes of a pool. */
  readonly name: string;
  /** The lowest number that was free when the node came; breaks ties. */
  readonly index: number;
  /** What the node has. */
  readonly total: Amounts;
  /** What of that no lease holds. */
  readonly idle: { cpus: number; gpus: number; memoryMb: number };
  /** Whether it takes leases. */
  phase: NodePhase = "active";
  /** How many leases are held of it. */
  leases = 0;
  #mostLeases = Infinity;
  /** `idle.cpus`, but for a node that has as many leases as it may have. */
  #freeCpus: number;
  readonly #cpus: CpuSets;
  readonly #gpuIds: readonly string[];
  readonly #gpuPlaces: ReadonlyMap<string, number>;
  /** The places in the list of those that are idle. */
  readonly #gpus = new IndexSet();

  constructor(node: PoolNode, index: number) {
    checkNode(node);
    const gpuIds = node.gpuIds ?? NO_GPUS;
    this.name = node.name;
    this.index = index;
    this.total = { cpus: node.cpuIds.length, gpus: gpuIds.length, memoryMb: node.memoryMb ?? Infinity };
    this.idle = { ...this.total };
    this.#freeCpus = node.cpuIds.length;
    this.#cpus = new CpuSets(node.cpuIds);
    this.#gpuIds = gpuIds;
    this.#gpuPlaces = new Map(gpuIds.map((id, place) => [id, place]));
    for (const place of gpuIds.keys()) this.#gpus.add(place);
  }

  /** True where the node takes leases and all of `asked` is idle on it. */
  fits(asked: Amounts): boolean {
    return this.phase === "active" && isWithin(asked, this.idle);
  }

  /** Serves at most `most` leases at a time from now on: while there are as many, none of its CPUs counts as idle. */
  limitLeases(most: number): void {
    this.#mostLeases = most;
    this.#count();
  }

  /** Takes what `fits` has said to be there. */
  take({ cpus, gpus, memoryMb }: Amounts): Taken {
    this.#freeCpus -= cpus;
    this.idle.gpus -= gpus;
    this.idle.memoryMb -= memoryMb;
    this.leases += 1;
    this.#count();
    return { cpus: this.#cpus.take(cpus), gpuIds: gpus === 0 ? NO_GPUS : this.#takeGpus(gpus), memoryMb };
  }

  /** Gives back what `take` returned. */
  give({ cpus, gpuIds, memoryMb }: Taken): void {
    this.#freeCpus += cpus.ids.length;
    this.idle.gpus += gpuIds.length;
    this.idle.memoryMb += memoryMb;
    this.leases -= 1;
    this.#count();
    this.#cpus.give(cpus);
    for (const id of gpuIds) this.#gpus.add(this.#gpuPlaces.get(id) ?? 0);
  }

  #count(): void {
    this.idle.cpus = this.leases < this.#mostLeases ? this.#freeCpus : 0;
  }

  #takeGpus(count: number): readonly string[] {
    const places: number[] = [];
    while (places.length < count) {
      const place = this.#gpus.first();
      this.#gpus.delete(place);
      places.push(place);
    }
    return Object.freeze(places.flatMap((place) => this.#gpuIds[place] ?? []));
  }
}

const cpuId = whole(0, MAX_ID);
const NODE_RULES: Rules<PoolNode> = {
  name: nonEmpty,
  cpuIds: listOf(anything),
  gpuIds: listOf(anything),
  memoryMb: anything,
};

function checkNode(node: PoolNode): void {
  checkOptions("addNode", node, NODE_RULES);
  const { name, cpuIds, gpuIds = NO_GPUS, memoryMb = 0 } = node;
  checkIds(`cpuIds of node ${name}`, cpuIds);
  checkNames(`gpuIds of node ${name}`, gpuIds);
  natural(memoryMb, `memoryMb of node ${name}`);
}

function checkIds(field: string, ids: readonly number[]): void {
  for (const id of ids) {
    cpuId(id, field);
  }
  checkDistinct(field, ids);
}

function checkNames(field: string, names: readonly string[]): void {
  for (const name of names)
    if (typeof name !== "string" || !/^[^\s,]+$/.test(name))
      throw new RangeError(`${field} must be names without blanks and commas, not ${JSON.stringify(name)}`);
  checkDistinct(field, names);
}

function checkDistinct(field: string, ids: readonly (number | string)[]): void {
  const twice = ids.find((id, place) => ids.indexOf(id) !== place);
  if (twice !== undefined) throw new RangeError(`${field} must differ, but ${twice} is there twice`);
}
