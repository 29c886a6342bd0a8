/**
 * One node as the pool keeps it: what it has, what of that is idle, and
 * whether it still takes new leases.
 */
import { CpuSets, type CpuSet } from "./cpu-sets.ts";
import { IndexSet } from "./index-set.ts";
import { checkWhole, isWithin, type Amounts } from "./shape.ts";

/** A node that a pool may use. */
export interface PoolNode {
  /** Not empty; no two nodes of a pool have the same. */
  readonly name: string;
  /** The ids of its CPUs, in any order; from 0 to 65,535. */
  readonly cpuIds: readonly number[];
  /** The ids of its GPUs; none if left out; from 0 to 65,535. */
  readonly gpuIds?: readonly number[] | undefined;
  /** Its memory in whole megabytes. Left out means: not counted, any request fits. */
  readonly memoryMb?: number | undefined;
}

/** "paused": takes no leases for the time being. "removed" is final; a node that drains can only be removed. */
export type NodePhase = "active" | "paused" | "draining" | "removed";

/** What a lease took from its node. */
export interface Taken {
  readonly cpus: CpuSet;
  readonly gpuIds: readonly number[];
  readonly memoryMb: number;
}

const NO_GPUS: readonly number[] = Object.freeze([]);
const MAX_ID = 65_535;

/** The mutable record of one node. */
export class NodeState {
  readonly name: string;
  /** The lowest number that was free when the node came; breaks ties. */
  readonly index: number;
  readonly total: Amounts;
  readonly idle: { cpus: number; gpus: number; memoryMb: number };
  phase: NodePhase = "active";
  leases = 0;
  readonly #cpus: CpuSets;
  readonly #gpus = new IndexSet();

  constructor(node: PoolNode, index: number) {
    checkNode(node);
    const gpuIds = node.gpuIds ?? NO_GPUS;
    this.name = node.name;
    this.index = index;
    this.total = { cpus: node.cpuIds.length, gpus: gpuIds.length, memoryMb: node.memoryMb ?? Infinity };
    this.idle = { ...this.total };
    this.#cpus = new CpuSets(node.cpuIds);
    for (const id of gpuIds) this.#gpus.add(id);
  }

  /** True where the node takes leases and all of `asked` is idle on it. */
  fits(asked: Amounts): boolean {
    return this.phase === "active" && isWithin(asked, this.idle);
  }

  /** Takes what `fits` has said to be there. */
  take({ cpus, gpus, memoryMb }: Amounts): Taken {
    this.idle.cpus -= cpus;
    this.idle.gpus -= gpus;
    this.idle.memoryMb -= memoryMb;
    this.leases += 1;
    return { cpus: this.#cpus.take(cpus), gpuIds: gpus === 0 ? NO_GPUS : this.#takeGpus(gpus), memoryMb };
  }

  /** Gives back what `take` returned. */
  give({ cpus, gpuIds, memoryMb }: Taken): void {
    this.idle.cpus += cpus.ids.length;
    this.idle.gpus += gpuIds.length;
    this.idle.memoryMb += memoryMb;
    this.leases -= 1;
    this.#cpus.give(cpus);
    for (const id of gpuIds) this.#gpus.add(id);
  }

  #takeGpus(count: number): readonly number[] {
    const ids: number[] = [];
    while (ids.length < count) {
      const id = this.#gpus.first();
      this.#gpus.delete(id);
      ids.push(id);
    }
    return Object.freeze(ids);
  }
}

function checkNode({ name, cpuIds, gpuIds = NO_GPUS, memoryMb = 0 }: PoolNode): void {
  if (name === "") throw new RangeError("a node's name must not be empty");
  checkIds(`cpuIds of node ${name}`, cpuIds);
  checkIds(`gpuIds of node ${name}`, gpuIds);
  checkWhole(`memoryMb of node ${name}`, memoryMb, 0);
}

function checkIds(field: string, ids: readonly number[]): void {
  const seen = new Set<number>();
  for (const id of ids) {
    checkWhole(field, id, 0);
    if (id > MAX_ID) throw new RangeError(`${field} must be at most ${MAX_ID}, not ${id}`);
    if (seen.has(id)) throw new RangeError(`${field} must differ, but ${id} is there twice`);
    seen.add(id);
  }
}
