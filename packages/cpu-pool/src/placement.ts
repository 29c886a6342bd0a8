/**
 * On which node a request is served. A search looks once into each index that
 * matters (see `SizeClasses` and `ResourceIndexes`) and never at all nodes.
 *
 * One node may be hidden: it is earmarked for the first request in line, and no other may look at it.
 */
import type { NodeIndex } from "./node-index.ts";
import type { NodeState } from "./node-state.ts";
import { ResourceIndexes } from "./resource-indexes.ts";
import { isWithin, type Amounts, type Shape } from "./shape.ts";
import { SizeClasses } from "./size-classes.ts";

/**
 * "spread": the node with the most idle CPUs, so that calls share a node's
 * memory bandwidth with few others. "pack": the one with the fewest that are
 * enough, so that whole nodes stay free for wide requests. Ties go to the node
 * that was added first (a new node takes the place of one that has left).
 */
export type PlacementRule = "spread" | "pack";

/** The active nodes, indexed, and the paused ones, which count where it is asked what could ever be. */
export class Placement {
  readonly #rule: PlacementRule;
  readonly #nodes: (NodeState | undefined)[] = [];
  readonly #byName = new Map<string, NodeState>();
  readonly #sizes = new SizeClasses();
  readonly #resources = new ResourceIndexes();
  #hidden: NodeState | undefined;

  constructor(rule: PlacementRule) {
    this.#rule = rule;
  }

  /** Knows `node`, which is active, from now on. */
  add(node: NodeState): void {
    this.#nodes[node.index] = node;
    this.#byName.set(node.name, node);
    this.#sizes.add(node);
    this.refresh(node);
  }

  /** Forgets `node`: it drains or is gone. */
  remove(node: NodeState): void {
    if (this.#nodes[node.index] !== node) return;
    if (this.#hidden === node) this.#hidden = undefined;
    this.#nodes[node.index] = undefined;
    this.#byName.delete(node.name);
    this.#sizes.remove(node);
    this.#resources.unlist(node);
  }

  /** To be called when what is idle on `node` has changed. */
  refresh(node: NodeState): void {
    if (node === this.#hidden || node.phase !== "active") return;
    this.#sizes.refresh(node);
    this.#resources.refresh(node);
  }

  /** Keeps `node` for those who ask with `bestOfAll`, until `reveal`. */
  hide(node: NodeState): void {
    this.#hidden = node;
    this.#sizes.unlist(node);
    this.#resources.unlist(node);
  }

  /** Keeps `node`, which is not active any more, from everybody until it is refreshed as an active one. It still counts. */
  pause(node: NodeState): void {
    if (this.#hidden === node) this.#hidden = undefined;
    this.#sizes.unlist(node);
    this.#resources.unlist(node);
  }

  /** Ends `hide`. */
  reveal(): void {
    const node = this.#hidden;
    this.#hidden = undefined;
    if (node !== undefined) this.refresh(node);
  }

  /** The node to serve `shape` on now, the hidden one left out. */
  best(shape: Shape): NodeState | undefined {
    if (shape.node === undefined) return this.#pick(this.#indexesFor(shape), shape.cpus, this.#rule);
    const node = this.#byName.get(shape.node);
    return node !== undefined && node !== this.#hidden && node.fits(shape) ? node : undefined;
  }

  /** The same with the hidden node. */
  bestOfAll(shape: Shape): NodeState | undefined {
    const open = this.best(shape);
    const hidden = this.#hidden;
    if (hidden === undefined || !hidden.fits(shape)) return open;
    if (shape.node !== undefined && shape.node !== hidden.name) return open;
    return open === undefined || isBetter(hidden, open, this.#rule) ? hidden : open;
  }

  /** The node to earmark for a request of `shape`: large enough, most idle, lowest. None may be hidden. */
  earmarkable(shape: Shape): NodeState | undefined {
    if (shape.node !== undefined) return this.#active(shape.node);
    return this.#pick(this.#sizes.largeEnough(shape), 0, "spread");
  }

  /** True where an active node, wholly idle, could serve `shape`. */
  couldServe(shape: Shape): boolean {
    if (shape.node === undefined) return this.#sizes.couldServe(shape);
    const node = this.#byName.get(shape.node);
    return node !== undefined && isWithin(shape, node.total);
  }

  /** The most of each resource that an active node has; not always the same node. */
  largest(): Amounts {
    return this.#sizes.largest();
  }

  /** The most CPUs that are idle on one active node (or on the one that is named), hidden or not. */
  mostIdleCpus(name: string | undefined): number {
    if (name !== undefined) return this.#active(name)?.idle.cpus ?? 0;
    return Math.max(0, this.#hidden?.idle.cpus ?? 0, ...this.#sizes.indexes.map((index) => index.mostIdle()));
  }

  /** The node of this name, unless it is paused. */
  #active(name: string): NodeState | undefined {
    const node = this.#byName.get(name);
    return node?.phase === "active" ? node : undefined;
  }

  #indexesFor(shape: Shape): readonly NodeIndex[] {
    if (shape.gpus === 0 && shape.memoryMb === 0) return this.#sizes.indexes;
    return [this.#resources.indexFor(shape, () => this.#listed())];
  }

  #listed(): Iterable<NodeState> {
    return this.#byName.values().filter((node) => node !== this.#hidden && node.phase === "active");
  }

  #pick(indexes: readonly NodeIndex[], cpus: number, rule: PlacementRule): NodeState | undefined {
    let best: NodeState | undefined;
    for (const index of indexes) {
      const idle = rule === "spread" ? index.mostIdle() : index.leastIdle(cpus);
      const node = idle < cpus ? undefined : this.#nodes[index.lowestWith(idle)];
      if (node !== undefined && (best === undefined || isBetter(node, best, rule))) best = node;
    }
    return best;
  }
}

function isBetter(a: NodeState, b: NodeState, rule: PlacementRule): boolean {
  if (a.idle.cpus === b.idle.cpus) return a.index < b.index;
  return rule === "spread" ? a.idle.cpus > b.idle.cpus : a.idle.cpus < b.idle.cpus;
}
