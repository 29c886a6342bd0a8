/**
 * The nodes of a run, and the CPUs of all of them as one pool: nodes are brought up together, and the pool begins with
 * those that came up. A node that takes long does not hold up the others: it joins the pool when it is there.
 * (Hyperion.Job: withPoolLauncher)
 */
import { checkValue, whole } from "@hyperion-ts/bounds";
import { PoolCore } from "@hyperion-ts/cpu-pool";
import {
  LaunchError,
  type NodeLauncher,
  type NodeLauncherConfig,
  nodeName,
  openNodeLauncher,
  type WorkerAddr,
  type WorkerLauncher,
} from "@hyperion-ts/launcher";
import { RunEvents } from "@hyperion-ts/progress";
import { Dispatcher } from "../dispatch/dispatcher.ts";
import type { TaskWorker } from "../dispatch/task-launcher.ts";
import { chooseCpus } from "./choose-cpus.ts";
import { chooseGpus } from "./choose-gpus.ts";
import { NodeConnections, type OpenedNode, type OpenNode } from "./node-connections.ts";
import { nodeMemory } from "./node-memory.ts";
import type { NodeShare } from "./node-share.ts";

/** When enough nodes are there, those that are not by now join later. In milliseconds since the beginning. */
const STRAGGLERS_AFTER_MS = 10_000;

/** How the nodes are reached, what part of each is ours, and who hears of them. */
export interface PoolLauncherConfig extends NodeLauncherConfig {
  /** What part of a node is ours. Default: all that its agent may use. */
  readonly shareOf?: (addr: WorkerAddr) => NodeShare | undefined;
  /** With fewer nodes than this, 1 at least, it is no use to begin. Default 1. */
  readonly leastNodes?: number;
  /** Hears of nodes and workers. Default: nobody. */
  readonly events?: RunEvents;
}

/** The nodes that came up, and the pool of their CPUs. Disposing of it ends all agents and workers. */
export interface NodePool extends AsyncDisposable {
  /** Which CPUs, GPUs and memory of the nodes are leased, and who waits for them. */
  readonly pool: PoolCore;
  /** Makes the calls on the pool's nodes. */
  readonly dispatcher: Dispatcher;
  /** By name. Grows when nodes join later. */
  readonly nodes: ReadonlyMap<string, NodeLauncher>;
  /** By name. Before the nodes are connected to: all of which it is known what part of them is ours. */
  readonly cpusPerNode: ReadonlyMap<string, number>;
  /** The nodes that could not be used, and why. */
  readonly leftOut: readonly { readonly node: string; readonly reason: string }[];
  /**
   * A launcher whose workers have `cpus` CPUs each.
   *
   * @throws RangeError unless `cpus` is a whole number of at least 1.
   */
  withCpus(cpus: number): WorkerLauncher<{ readonly signal?: AbortSignal }, TaskWorker>;
}

/** A pool whose nodes are connected to when somebody needs them. Calls may be made before: they wait for the nodes. */
export interface LazyNodePool extends NodePool {
  /**
   * Connects to all nodes, once, and resolves as `connectNodes` does. Where it throws, calls that were made before wait on.
   *
   * @throws what `connectNodes` throws.
   */
  connect(): Promise<void>;
}

/**
 * Connects to all nodes at once and makes one pool of those that came up. Resolves when all are there or left out, at
 * the latest after 10 s if `leastNodes` are there then; others join later. An abort of `signal` gives up.
 *
 * @throws LaunchError, with every reason, when fewer than `leastNodes` came up.
 */
export async function connectNodes(
  config: PoolLauncherConfig,
  addrs: readonly WorkerAddr[],
  signal: AbortSignal = new AbortController().signal,
  openNode: OpenNode = openNodeLauncher,
): Promise<NodePool> {
  await using stack = new AsyncDisposableStack();
  const nodePool = stack.use(new ConnectingNodePool(config, addrs, signal, openNode));
  await nodePool.connect();
  stack.move();
  return nodePool;
}

/** The same pool before its nodes are connected to. */
export const lazyNodePool = (
  config: PoolLauncherConfig,
  addrs: readonly WorkerAddr[],
  signal: AbortSignal,
  openNode: OpenNode = openNodeLauncher,
): LazyNodePool => new ConnectingNodePool(config, addrs, signal, openNode);

class ConnectingNodePool implements LazyNodePool {
  readonly pool = new PoolCore();
  readonly dispatcher: Dispatcher;
  readonly nodes = new Map<string, NodeLauncher>();
  readonly cpusPerNode = new Map<string, number>();
  readonly leftOut: { readonly node: string; readonly reason: string }[] = [];
  readonly #addrs: readonly WorkerAddr[];
  readonly #shareOf: NonNullable<PoolLauncherConfig["shareOf"]>;
  readonly #leastNodes: number;
  readonly #events: RunEvents;
  readonly #connections: NodeConnections;
  readonly #closing = new AbortController();
  /** Aborts when the nodes are no longer wanted. */
  readonly #given: AbortSignal;
  #connected: Promise<void> | undefined;
  /** Nodes that came up, until there are enough of them to begin. */
  #early: (() => void)[] | undefined = [];
  #opening: Promise<unknown> = Promise.resolve();

  constructor(config: PoolLauncherConfig, addrs: readonly WorkerAddr[], signal: AbortSignal, openNode: OpenNode) {
    const { shareOf = () => undefined, leastNodes = 1, events = new RunEvents(), ...ofNodes } = config;
    this.#addrs = addrs;
    this.#shareOf = shareOf;
    this.#leastNodes = Math.max(1, leastNodes);
    this.#events = events;
    this.#given = AbortSignal.any([signal, this.#closing.signal]);
    this.#connections = new NodeConnections(
      ofNodes,
      openNode,
      { use: (node, note) => this.#add(node, note), leaveOut: (node, reason) => this.#leaveOut(node, reason) },
      this.#given,
    );
    for (const addr of addrs) {
      const cpus = shareOf(addr)?.cpus;
      if (cpus !== undefined) this.cpusPerNode.set(nodeName(addr), cpus);
    }
    this.dispatcher = new Dispatcher(this.pool, events);
  }

  connect(): Promise<void> {
    return (this.#connected ??= this.#connect());
  }

  withCpus(cpus: number): WorkerLauncher<{ readonly signal?: AbortSignal }, TaskWorker> {
    checkValue("withCpus", "cpus", cpus, whole(1));
    const never = new AbortController().signal;
    return { launch: ({ signal = never }) => this.dispatcher.launch({ cpus, options: {}, signal }) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort(new Error("The pool of nodes was closed"));
    await this.#opening;
    this.dispatcher.close();
    await this.#connections[Symbol.asyncDispose]();
  }

  /** When it returns, the dispatcher knows that nodes will come: a call that is made then waits for them. */
  #connect(): Promise<void> {
    const enough = Promise.withResolvers<void>();
    let waitsForAll = true;
    const look = (): void => {
      if (this.nodes.size >= this.#leastNodes && !waitsForAll) enough.resolve();
    };
    const timer = setTimeout(() => {
      waitsForAll = false;
      this.#connections.decide();
      look();
    }, STRAGGLERS_AFTER_MS);
    this.#events.emit({ type: "nodes-connecting", nodes: this.#addrs.length });
    const all = this.#connections.openAll(this.#addrs, look);
    this.#opening = all.catch(() => undefined);
    const begun = Promise.race([all, enough.promise])
      .finally(() => clearTimeout(timer))
      .then(() => this.#begin());
    // Where too few came up the run ends, and with it the calls that wait.
    const unlessFailed = begun.catch(() => Promise.withResolvers<never>().promise);
    this.dispatcher.expect(Promise.all([all, unlessFailed])).catch(() => undefined);
    return begun;
  }

  /** Hands over the nodes, if there are enough. */
  #begin(): void {
    this.#given.throwIfAborted();
    if (this.nodes.size < this.#leastNodes) throw this.#tooFew();
    for (const node of this.cpusPerNode.keys()) if (!this.nodes.has(node)) this.cpusPerNode.delete(node);
    const early = this.#early ?? [];
    this.#early = undefined;
    for (const add of early) add();
  }

  #tooFew(): LaunchError {
    const reasons = this.leftOut
      .map(({ node, reason }) => `${node}: ${reason}`)
      .sort()
      .join("\n");
    const wanted = this.#leastNodes === 1 ? "any" : `${this.#leastNodes}`;
    const there = this.nodes.size === 0 ? "" : `, only on ${this.nodes.size}`;
    return new LaunchError("", `agents on ${wanted} of ${this.#addrs.length} nodes${there}:\n${reasons}`);
  }

  #leaveOut(node: string, reason: string): void {
    this.leftOut.push({ node, reason });
    this.cpusPerNode.delete(node);
    this.dispatcher.leftOut(node, reason);
    this.#events.emit({ type: "node-left-out", node, reason });
  }

  #add({ launcher, addr }: OpenedNode, placeNote: string | null): void {
    const { node, host } = launcher;
    const share: NodeShare = this.#shareOf(addr) ?? {};
    const { cpuIds, pinTo, note } = chooseCpus(host, share);
    const memory = nodeMemory(host, share);
    this.nodes.set(node, launcher);
    // In the order in which they came up.
    this.cpusPerNode.delete(node);
    this.cpusPerNode.set(node, cpuIds.length);
    const notes = [note, memory.note, placeNote].filter((text) => text !== null);
    this.#events.emit({
      type: "node-ready",
      node,
      cpus: cpuIds.length,
      pinned: pinTo !== null,
      note: notes.length === 0 ? null : notes.join("; "),
    });
    const add = (): void =>
      this.dispatcher.addNode(
        launcher,
        { name: node, cpuIds, gpuIds: chooseGpus(host, share), memoryMb: memory.memoryMb },
        { pinTo, home: addr.type === "LocalHost" },
      );
    if (this.#early === undefined) add();
    else this.#early.push(add);
  }
}
