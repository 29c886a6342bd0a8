/** Takes every step on the pool and on the model, and compares them. */
import { expect } from "vitest";
import type { PlacementRule, PoolNode } from "../src/index.ts";
import { Model, type ModelNode, type Wish } from "./model.ts";
import { nodeOf, World } from "./world.ts";

/** Runs the pool and the model side by side. */
export class Both {
  readonly world: World;
  readonly model: Model;
  readonly specs = new Map<string, PoolNode>();
  readonly wishes = new Map<string, { readonly wish: Wish; readonly sequence: number }>();
  readonly lent = new Set<string>();
  #names = 0;

  constructor(rule: PlacementRule) {
    this.world = new World({}, rule);
    this.model = new Model(rule);
  }

  add(cpus: number, gpus: number, memoryMb: number | undefined): void {
    const indexes = new Set(this.model.nodes.map(({ index }) => index));
    const name = `n${this.#names++}`;
    const total = [cpus, gpus, memoryMb ?? Infinity];
    const index = [...indexes.values(), 0].map((_, i) => i).find((i) => !indexes.has(i)) ?? 0;
    this.specs.set(name, nodeOf(name, cpus, gpus, memoryMb));
    this.model.nodes.push({ name, index, total, idle: total, active: true, paused: false, onDrained: [] });
    this.model.settle(() => "unexpected");
    this.world.pool.addNode(nodeOf(name, cpus, gpus, memoryMb));
  }

  ask(amounts: Omit<Wish, "id" | "node">, bindTo: number | undefined): void {
    const sequence = this.wishes.size;
    const wish: Wish = {
      ...amounts,
      id: `r${sequence}`,
      node: bindTo === undefined ? undefined : this.#node(bindTo)?.name,
    };
    this.wishes.set(wish.id, { wish, sequence });
    this.model.line.push({ wish, sequence });
    this.model.settle(({ node }) =>
      this.model.nodes.some((one) => one.name === node && !one.active) ? "node-draining" : "never-fits",
    );
    this.world.ask(wish.id, wish);
  }

  cancel(at: number): void {
    const id = pick(
      [...this.wishes.keys()].filter((id) => this.world.tickets.get(id)?.state === "waiting" || this.lent.has(id)),
      at,
    );
    if (id === undefined) return;
    this.lent.delete(id);
    this.model.line = this.model.line.filter(({ wish }) => wish.id !== id);
    this.model.settle(() => "unexpected");
    this.world.cancel(id);
  }

  release(at: number): void {
    const id = pick([...this.model.held.keys()], at);
    const held = id === undefined ? undefined : this.model.held.get(id);
    if (id === undefined || held === undefined) return;
    const { wish, node } = held;
    node.idle = [wish.cpus, wish.gpus, wish.memoryMb].map((amount, i) => (node.idle[i] ?? 0) + amount);
    this.model.held.delete(id);
    this.#noticeDrained(node);
    this.model.settle(() => "unexpected");
    this.world.release(id);
  }

  drain(at: number): void {
    const node = this.#node(at);
    if (node === undefined) return;
    node.active = false;
    node.onDrained.push(`${node.name} drained`);
    this.model.settle((wish) => (wish.node === node.name ? "node-draining" : "never-fits"));
    this.#noticeDrained(node);
    this.world.drain(node.name);
  }

  pause(at: number): void {
    const node = this.#node(at);
    if (node === undefined) return;
    node.paused = true;
    this.model.settle(() => "unexpected");
    this.world.pool.pauseNode(node.name);
  }

  resume(at: number): void {
    const node = pick(
      this.model.nodes.filter(({ paused }) => paused),
      at,
    );
    if (node === undefined) return;
    node.paused = false;
    this.model.settle(() => "unexpected");
    this.world.pool.resumeNode(node.name);
  }

  remove(at: number): void {
    const node = this.#node(at);
    if (node === undefined) return;
    node.active = false;
    this.model.nodes = this.model.nodes.filter((one) => one !== node);
    const lost = [...this.model.held].filter(([, held]) => held.node === node).map(([id]) => id);
    for (const id of lost) this.model.held.delete(id);
    this.model.settle((wish) => (wish.node === node.name ? "node-removed" : "never-fits"));
    this.#noticeDrained(node);
    this.world.pool.removeNode(node.name, "test");
    for (const id of lost) expect(this.world.leases.get(id)?.state).toBe("lost");
    this.world.release(...lost);
  }

  lend(at: number, max: number): void {
    const id = pick([...this.model.held.keys()], at);
    const lease = id === undefined ? undefined : this.model.held.get(id);
    if (id === undefined || lease === undefined) return;
    const isOther = ({ wish }: { readonly wish: Wish }): boolean =>
      !lease.node.active ||
      lease.node.paused ||
      (["cpus", "gpus", "memoryMb"] as const).some((key) => wish[key] !== lease.wish[key]) ||
      (wish.node ?? lease.node.name) !== lease.node.name;
    const stop = this.model.line.findIndex(isOther);
    const taken = this.model.line.slice(0, Math.min(max, stop < 0 ? Infinity : stop)).map(({ wish }) => wish.id);
    this.model.line = this.model.line.slice(taken.length);
    this.model.settle(() => "unexpected");
    expect(this.world.lend(id, max)).toEqual(taken);
    for (const one of taken) this.lent.add(one);
  }

  putBack(): void {
    const ids = [...this.lent];
    this.lent.clear();
    this.model.line.push(...ids.flatMap((id) => this.wishes.get(id) ?? []));
    this.model.settle(({ node }) => this.#goneCode(node));
    this.world.putBack(...ids.toReversed());
  }

  check(): void {
    const earmarked = this.world.pool.snapshot().nodes.filter(({ earmarkedFor }) => earmarkedFor !== undefined);
    expect(this.world.news()).toEqual(this.model.log.splice(0));
    expect(this.world.pool.snapshot().waiting).toBe(this.model.line.length);
    const inLine = this.model.line.map(({ wish }) => this.world.tickets.get(wish.id));
    expect([...this.world.pool.line()].map((ticket, i) => ticket === inLine[i])).toEqual(inLine.map(() => true));
    expect(earmarked.map(({ name }) => name)).toEqual(
      this.model.line.length === 0 || this.model.earmark === undefined ? [] : [this.model.earmark.node.name],
    );
    for (const { wish } of this.model.line) expect(this.world.why(wish.id)).toEqual(this.#reason(wish));
    this.world.checkAccounts(this.specs);
  }

  /** Releases and cancels everything; then all must be as at the start. */
  finish(): void {
    while (this.model.held.size + this.model.line.length > 0) {
      this.release(0);
      this.cancel(0);
    }
    this.check();
    for (const { leases, earmarkedFor } of this.world.pool.snapshot().nodes)
      expect({ leases, earmarkedFor }).toEqual({ leases: 0, earmarkedFor: undefined });
  }

  #reason(wish: Wish): unknown {
    const earmark = this.model.earmark;
    const nodes = this.model.nodes.filter(
      ({ name, active, paused }) => active && !paused && (wish.node ?? name) === name,
    );
    if (earmark?.id === wish.id)
      return { kind: "earmarked", node: earmark.node.name, cpus: wish.cpus, idle: earmark.node.idle[0] };
    const wants = [wish.cpus, wish.gpus, wish.memoryMb];
    if (nodes.some(({ idle }) => wants.every((amount, i) => amount <= (idle[i] ?? 0))))
      return { kind: "behind", node: earmark?.node.name };
    const mostIdle = Math.max(0, ...nodes.map(({ idle }) => idle[0] ?? 0));
    if (mostIdle < wish.cpus) return { kind: "no-cpus-free", cpus: wish.cpus, mostIdle };
    return { kind: "no-gpus-or-memory-free", gpus: wish.gpus, memoryMb: wish.memoryMb };
  }

  #goneCode(name: string | undefined): string {
    if (name === undefined) return "never-fits";
    return this.model.nodes.some((node) => node.name === name) ? "node-draining" : "unknown-node";
  }

  #node(at: number): ModelNode | undefined {
    return pick(this.model.nodes, at);
  }

  #noticeDrained(node: ModelNode): void {
    if ([...this.model.held.values()].some((held) => held.node === node)) return;
    this.model.log.push(...node.onDrained.splice(0));
  }
}

/** The item at `at`, counted around. */
export function pick<T>(items: readonly T[], at: number): T | undefined {
  return items[at % Math.max(1, items.length)];
}
