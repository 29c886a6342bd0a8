/** A pool under test, its callers by name, and what became of them, as lines of text. */
import { expect } from "vitest";
import {
  PoolCore,
  type Lease,
  type PlacementRule,
  type PoolNode,
  type PoolRequest,
  type Ticket,
  type Waiter,
} from "../src/index.ts";

/** A waiter that has a name. */
export class Caller implements Waiter {
  readonly id: string;
  readonly #world: World;

  constructor(id: string, world: World) {
    this.id = id;
    this.#world = world;
  }

  granted(lease: Lease): void {
    this.#world.onGranted(this.id, lease);
  }

  refused(error: Error): void {
    this.#world.log.push(`${this.id} refused: ${"code" in error ? String(error.code) : error.message}`);
  }
}

/** "n1": 4 stands for a node with the CPUs 0 to 3. */
export type Nodes = Readonly<Record<string, number>>;

export class World {
  readonly pool: PoolCore;
  readonly log: string[] = [];
  readonly tickets = new Map<string, Ticket<Caller>>();
  readonly leases = new Map<string, Lease>();
  /** Called after each grant. */
  hook: (id: string, lease: Lease) => void = () => {};

  constructor(nodes: Nodes = {}, placement: PlacementRule = "spread") {
    this.pool = new PoolCore({ placement, nodes: Object.entries(nodes).map(([name, cpus]) => nodeOf(name, cpus)) });
  }

  ask(id: string, request: PoolRequest | number): this {
    const ticket = this.pool.enqueue(typeof request === "number" ? { cpus: request } : request, new Caller(id, this));
    this.tickets.set(id, ticket);
    return this;
  }

  release(...ids: readonly string[]): this {
    for (const id of ids) {
      this.leases.get(id)?.release();
      this.leases.delete(id);
    }
    return this;
  }

  cancel(id: string): this {
    this.tickets.get(id)?.cancel();
    return this;
  }

  lend(id: string, max: number): readonly string[] {
    const lease = this.leases.get(id);
    if (lease === undefined) return [];
    const isCaller = (waiter: Waiter): waiter is Caller => waiter instanceof Caller;
    return this.pool.takeAhead(lease, max, isCaller).map(({ waiter }) => waiter.id);
  }

  putBack(...ids: readonly string[]): this {
    this.pool.putBack(ids.flatMap((id) => this.tickets.get(id) ?? []));
    return this;
  }

  drain(name: string): this {
    this.pool.drainNode(name, () => this.log.push(`${name} drained`));
    return this;
  }

  /** What happened since the last look. */
  news(): readonly string[] {
    return this.log.splice(0);
  }

  why(id: string): unknown {
    return this.tickets.get(id)?.whyWaiting();
  }

  onGranted(id: string, lease: Lease): void {
    this.log.push(`${id} on ${lease.node}`);
    this.leases.set(id, lease);
    this.hook(id, lease);
  }

  /** No CPU or GPU is held twice, and what is held and what is idle is all there is. */
  checkAccounts(nodes: ReadonlyMap<string, PoolNode>): void {
    for (const node of this.pool.snapshot().nodes) {
      const held = [...this.leases.values()].filter((lease) => lease.node === node.name && lease.state === "held");
      const spec = nodes.get(node.name);
      checkIds(
        held.flatMap(({ cpuIds }) => cpuIds),
        spec?.cpuIds ?? [],
        node.cpus.idle,
      );
      checkIds(
        held.flatMap(({ gpuIds }) => gpuIds),
        spec?.gpuIds ?? [],
        node.gpus.idle,
      );
      const memoryMb = held.reduce((sum, lease) => sum + lease.memoryMb, 0);
      expect(node.memoryMb.idle).toBe(node.memoryMb.total - memoryMb);
      expect(node.memoryMb.idle).toBeGreaterThanOrEqual(0);
    }
  }
}

/** A node with the CPUs 0 to `cpus - 1`. */
export function nodeOf(name: string, cpus: number, gpus = 0, memoryMb?: number): PoolNode {
  return { name, cpuIds: idsBelow(cpus), gpuIds: idsBelow(gpus).map(String), memoryMb };
}

function idsBelow(count: number): readonly number[] {
  return Array.from({ length: count }, (_, id) => id);
}

function checkIds<Id>(held: readonly Id[], all: readonly Id[], idle: number): void {
  expect(new Set(held).size).toBe(held.length);
  expect(held.filter((id) => !all.includes(id))).toEqual([]);
  expect(idle).toBe(all.length - held.length);
}
