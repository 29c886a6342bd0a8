/**
 * Nodes of equal size form a class: equally many CPUs, GPUs and megabytes. A
 * cluster has few. Whether a request can ever be served, and which node is
 * earmarked for it, is asked of the classes and not of the nodes.
 */
import { NodeIndex } from "./node-index.ts";
import type { NodeState } from "./node-state.ts";
import { isWithin, sameAmounts, type Amounts } from "./shape.ts";

interface SizeClass {
  readonly total: Amounts;
  readonly index: NodeIndex;
  nodes: number;
}

/** The active nodes, by their size and then by their idle CPUs. */
export class SizeClasses {
  #classes: readonly SizeClass[] = [];
  #indexes: readonly NodeIndex[] = [];
  /** By the number of the node. */
  readonly #indexOf: (NodeIndex | undefined)[] = [];

  /** One index per class; all nodes in them that are listed. */
  get indexes(): readonly NodeIndex[] {
    return this.#indexes;
  }

  /** Counts `node` in; `refresh` then lists it. */
  add(node: NodeState): void {
    const known = this.#classes.find(({ total }) => sameAmounts(total, node.total));
    const size = known ?? { total: node.total, index: new NodeIndex(), nodes: 0 };
    size.nodes += 1;
    if (known === undefined) this.#set([...this.#classes, size]);
    this.#indexOf[node.index] = size.index;
  }

  /** Counts `node` out: a class without nodes is forgotten. */
  remove(node: NodeState): void {
    this.unlist(node);
    this.#indexOf[node.index] = undefined;
    const size = this.#classes.find(({ total }) => sameAmounts(total, node.total));
    if (size === undefined) return;
    size.nodes -= 1;
    if (size.nodes === 0) this.#set(this.#classes.filter((other) => other !== size));
  }

  /** Lists `node` under its idle CPUs. */
  refresh(node: NodeState): void {
    this.#indexOf[node.index]?.set(node.index, node.idle.cpus);
  }

  /** Keeps `node` out of the indexes until `refresh`. It still counts. */
  unlist(node: NodeState): void {
    this.#indexOf[node.index]?.delete(node.index);
  }

  /** The indexes of the nodes that, wholly idle, could serve `asked`. */
  largeEnough(asked: Amounts): readonly NodeIndex[] {
    if (this.#classes.every(({ total }) => isWithin(asked, total))) return this.#indexes;
    return this.#classes.filter(({ total }) => isWithin(asked, total)).map(({ index }) => index);
  }

  /** True where there is such a node. */
  couldServe(asked: Amounts): boolean {
    return this.#classes.some(({ total }) => isWithin(asked, total));
  }

  /** The most of each resource that a node has; not always the same node. */
  largest(): Amounts {
    const totals = this.#classes.map(({ total }) => total);
    return {
      cpus: Math.max(0, ...totals.map(({ cpus }) => cpus)),
      gpus: Math.max(0, ...totals.map(({ gpus }) => gpus)),
      memoryMb: Math.max(0, ...totals.map(({ memoryMb }) => memoryMb)),
    };
  }

  #set(classes: readonly SizeClass[]): void {
    this.#classes = classes;
    this.#indexes = classes.map(({ index }) => index);
  }
}
