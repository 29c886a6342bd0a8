/**
 * For requests that ask for GPUs or memory: an index of the nodes that have so
 * much of them idle, by idle CPUs. It is made at the first such request and
 * kept up to date from then on. A change of a node costs one step per index,
 * so the cost grows with the number of different amounts in use, not of nodes;
 * the index that was not asked for longest makes room for a new one.
 */
import { NodeIndex } from "./node-index.ts";
import type { NodeState } from "./node-state.ts";
import type { Amounts } from "./shape.ts";

const MOST_KEPT = 32;

interface ResourceIndex {
  readonly gpus: number;
  readonly memoryMb: number;
  readonly index: NodeIndex;
  lastAsked: number;
}

/** Indexes by amounts of GPUs and memory. */
export class ResourceIndexes {
  readonly #indexes: ResourceIndex[] = [];
  #asked = 0;

  /** The nodes with enough idle GPUs and memory; `listed` are all that may be in it. */
  indexFor({ gpus, memoryMb }: Amounts, listed: () => Iterable<NodeState>): NodeIndex {
    const known = this.#indexes.find((one) => one.gpus === gpus && one.memoryMb === memoryMb);
    const found = known ?? this.#make(gpus, memoryMb, listed());
    this.#asked += 1;
    found.lastAsked = this.#asked;
    return found.index;
  }

  /** Lists `node` in the indexes that it now belongs to. */
  refresh(node: NodeState): void {
    for (const one of this.#indexes) place(node, one);
  }

  /** Takes `node` out of all indexes until `refresh`. */
  unlist(node: NodeState): void {
    for (const { index } of this.#indexes) index.delete(node.index);
  }

  #make(gpus: number, memoryMb: number, listed: Iterable<NodeState>): ResourceIndex {
    const made: ResourceIndex = { gpus, memoryMb, index: new NodeIndex(), lastAsked: 0 };
    for (const node of listed) place(node, made);
    if (this.#indexes.length >= MOST_KEPT) this.#dropOldest();
    this.#indexes.push(made);
    return made;
  }

  #dropOldest(): void {
    const oldest = this.#indexes.reduce((a, b) => (a.lastAsked <= b.lastAsked ? a : b));
    this.#indexes.splice(this.#indexes.indexOf(oldest), 1);
  }
}

function place(node: NodeState, { gpus, memoryMb, index }: ResourceIndex): void {
  if (node.idle.gpus >= gpus && node.idle.memoryMb >= memoryMb) index.set(node.index, node.idle.cpus);
  else index.delete(node.index);
}
