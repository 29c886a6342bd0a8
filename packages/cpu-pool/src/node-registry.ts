/** The nodes of a pool by their names, and who waits until one of them has drained. */
import { NodeError } from "./errors.ts";
import { IndexSet } from "./index-set.ts";
import { NodeState, type PoolNode } from "./node-state.ts";
import type { Notice } from "./outbox.ts";

/** The nodes that a pool has: active, paused or draining. */
export class NodeRegistry {
  readonly #byName = new Map<string, NodeState>();
  /** The numbers of nodes that were removed, for those that come. */
  readonly #freeIndexes = new IndexSet();
  readonly #drained = new Map<NodeState, Notice[]>();

  /** In the order of adding. */
  get all(): Iterable<NodeState> {
    return this.#byName.values();
  }

  /**
   * Adds a node, under the lowest number that is free.
   *
   * @throws NodeError (duplicate-node) when there is one of that name; RangeError when the node has wrong or double numbers.
   */
  add(node: PoolNode): NodeState {
    if (this.#byName.has(node.name)) throw new NodeError("duplicate-node", node.name);
    const free = this.#freeIndexes.first();
    const state = new NodeState(node, free < 0 ? this.#byName.size : free);
    this.#freeIndexes.delete(state.index);
    this.#byName.set(node.name, state);
    return state;
  }

  /** Forgets a node; its number may be given to another one. */
  remove(node: NodeState): void {
    this.#byName.delete(node.name);
    this.#freeIndexes.add(node.index);
  }

  /** The node of this name, if there is one. */
  find(name: string): NodeState | undefined {
    return this.#byName.get(name);
  }

  /**
   * The node of this name.
   *
   * @throws NodeError (unknown-node) when there is none.
   */
  get(name: string): NodeState {
    const node = this.#byName.get(name);
    if (node === undefined) throw new NodeError("unknown-node", name);
    return node;
  }

  /** `drained` is to be called when the last lease of `node` is gone. */
  onDrained(node: NodeState, drained: () => void): void {
    this.#drained.set(node, [...(this.#drained.get(node) ?? []), { deliver: drained }]);
  }

  /** Whom to tell that `node` has no lease any more: nobody while it has some, and each only once. */
  takeDrained(node: NodeState): readonly Notice[] {
    if (node.leases > 0) return NOBODY;
    const notices = this.#drained.get(node) ?? NOBODY;
    this.#drained.delete(node);
    return notices;
  }
}

const NOBODY: readonly Notice[] = [];
