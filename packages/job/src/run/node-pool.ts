/**
 * Workers on all nodes that could be reached: nodes are brought up together, the CPUs of those that came up are one pool.
 * A node that takes long does not hold up the others: it joins the pool when it is there.
 * (Hyperion.Job: withPoolLauncher)
 */
import { checkValue, whole } from "@hyperion-ts/bounds";
import { PoolCore } from "@hyperion-ts/cpu-pool";
import {
  type HeadPort,
  LaunchError,
  type NodeLauncher,
  type NodeLauncherConfig,
  nodeName,
  openHeadPort,
  openNodeLauncher,
  type WorkerAddr,
  type WorkerLauncher,
} from "@hyperion-ts/launcher";
import PQueue from "p-queue";
import { Dispatcher } from "../dispatch/dispatcher.ts";
import type { TaskWorker } from "../dispatch/task-launcher.ts";
import { RunEvents } from "@hyperion-ts/progress";
import { chooseCpus } from "./choose-cpus.ts";
import { chooseGpus } from "./choose-gpus.ts";
import { MisplacedNodes } from "./misplaced-nodes.ts";
import { nodeMemory } from "./node-memory.ts";
import type { NodeShare } from "./node-share.ts";

/** At most so many nodes are being connected to at a time: sshd drops connections beyond ten or so. */
const HANDSHAKES_AT_ONCE = 8;
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

/** A pool whose nodes are connected to when somebody needs them. Calls may be made before: they wait for them. */
export interface LazyPoolLauncher extends PoolLauncher {
  /** Connects to all nodes, once; resolves and throws as `openPoolLauncher` does. Calls that were made before wait on where it throws. */
  connect(): Promise<void>;
}

/** The pool of the nodes that came up. Disposing of it ends all agents and workers. */
export interface PoolLauncher extends AsyncDisposable {
  readonly pool: PoolCore;
  readonly dispatcher: Dispatcher;
  /** Grows when nodes join later. */
  readonly nodes: ReadonlyMap<string, NodeLauncher>;
  /** Before they are connected to: all of which it is known what part of them is ours. */
  readonly cpusPerNode: ReadonlyMap<string, number>;
  /** The nodes that could not be used, and why. */
  readonly leftOut: readonly { readonly node: string; readonly reason: string }[];
  /** A launcher whose workers have so many CPUs each. */
  withCpus(cpus: number): WorkerLauncher<{ readonly signal?: AbortSignal }, TaskWorker>;
}

/**
 * Connects to all nodes at once and makes one pool of those that came up. Resolves when all of them did or did not, at
 * the latest after 10 s if `leastNodes` are there then; others join later. Throws a `LaunchError`, with every reason,
 * when fewer than `leastNodes` came up. An abort of `signal` gives up.
 */
export async function openPoolLauncher(
  config: PoolLauncherConfig,
  addrs: readonly WorkerAddr[],
  signal: AbortSignal = new AbortController().signal,
  openNode: OpenNode = openNodeLauncher,
): Promise<PoolLauncher> {
  await using stack = new AsyncDisposableStack();
  const launcher = stack.use(new OpenPoolLauncher(config, addrs, signal, openNode));
  await launcher.connect();
  stack.move();
  return launcher;
}

/** The same pool before its nodes are connected to. */
export const lazyPoolLauncher = (
  config: PoolLauncherConfig,
  addrs: readonly WorkerAddr[],
  signal: AbortSignal,
  openNode: OpenNode = openNodeLauncher,
): LazyPoolLauncher => new OpenPoolLauncher(config, addrs, signal, openNode);

/** How a node gets its launcher. */
export type OpenNode = (config: NodeLauncherConfig, addr: WorkerAddr, signal: AbortSignal) => Promise<NodeLauncher>;

interface OpenedNode {
  readonly launcher: NodeLauncher;
  readonly addr: WorkerAddr;
}

class OpenPoolLauncher implements LazyPoolLauncher {
  readonly pool = new PoolCore();
  readonly dispatcher: Dispatcher;
  readonly nodes = new Map<string, NodeLauncher>();
  readonly cpusPerNode = new Map<string, number>();
  readonly leftOut: { readonly node: string; readonly reason: string }[] = [];
  readonly #config: PoolLauncherConfig;
  /** What of it is about each node. */
  readonly #ofNodes: NodeLauncherConfig;
  readonly #addrs: readonly WorkerAddr[];
  /** One port for all nodes; it opens only where it is used. */
  #ownPort: HeadPort | undefined;
  readonly #openNode: OpenNode;
  readonly #events: RunEvents;
  readonly #closing = new AbortController();
  /** Aborts when the nodes are no longer wanted. */
  readonly #given: AbortSignal;
  #connected: Promise<void> | undefined;
  /** Nodes that came up, until there are enough of them to begin. */
  #early: (() => void)[] | undefined = [];
  /** All that have to be closed. */
  readonly #opened: NodeLauncher[] = [];
  readonly #misplaced = new MisplacedNodes<OpenedNode>({
    use: (node, note) => this.#add(node, note),
    leaveOut: ({ launcher }, reason) => {
      this.#leaveOut(launcher.node, reason);
      void launcher[Symbol.asyncDispose]();
    },
  });
  #opening: Promise<unknown> = Promise.resolve();

  constructor(config: PoolLauncherConfig, addrs: readonly WorkerAddr[], signal: AbortSignal, openNode: OpenNode) {
    const queue = new PQueue({ concurrency: HANDSHAKES_AT_ONCE });
    const { shareOf: _shareOf, leastNodes: _least, events: _events, ...ofNodes } = config;
    this.#config = config;
    this.#ofNodes = { throttle: (handshake) => queue.add(handshake), ...ofNodes };
    this.#addrs = addrs;
    this.#given = AbortSignal.any([signal, this.#closing.signal]);
    this.#openNode = openNode;
    for (const addr of addrs) {
      const cpus = config.shareOf?.(addr)?.cpus;
      if (cpus !== undefined) this.cpusPerNode.set(nodeName(addr), cpus);
    }
    this.#events = config.events ?? new RunEvents();
    this.dispatcher = new Dispatcher(this.pool, this.#events);
  }

  connect(): Promise<void> {
    return (this.#connected ??= this.#connect());
  }

  /** When it returns, the dispatcher knows that nodes will come: a call that is made then waits for them. */
  #connect(): Promise<void> {
    const enough = Promise.withResolvers<void>();
    let waitsForAll = true;
    const look = (): void => {
      if (this.nodes.size >= this.#least && !waitsForAll) enough.resolve();
    };
    const timer = setTimeout(() => {
      waitsForAll = false;
      this.#misplaced.decide();
      look();
    }, STRAGGLERS_AFTER_MS);
    const all = this.#joinAll(look);
    this.#opening = all.catch(() => undefined);
    const begun = Promise.race([all, enough.promise])
      .finally(() => clearTimeout(timer))
      .then(() => this.#begin());
    // Without them the run ends, and with it what waits.
    const unlessFailed = begun.catch(() => Promise.withResolvers<never>().promise);
    this.dispatcher.expect(Promise.all([all, unlessFailed])).catch(() => undefined);
    return begun;
  }

  get #least(): number {
    return Math.max(1, this.#config.leastNodes ?? 1);
  }

  async #joinAll(look: () => void): Promise<void> {
    this.#events.emit({ type: "nodes-connecting", nodes: this.#addrs.length });
    if ((this.#config.tls ?? this.#config.transport?.type === "srun") && this.#config.headPort === undefined)
      this.#ownPort = await openHeadPort();
    await Promise.all(this.#addrs.map((addr) => this.#join(addr).then(look)));
    this.#misplaced.decide();
  }

  /** Hands over the nodes, if there are enough. */
  #begin(): void {
    this.#given.throwIfAborted();
    if (this.nodes.size < this.#least) throw this.#tooFew();
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
    return new LaunchError(
      "",
      `agents on ${this.#least === 1 ? "any" : `${this.#least}`} of ${this.#addrs.length} nodes${this.nodes.size === 0 ? "" : `, only on ${this.nodes.size}`}:\n${reasons}`,
    );
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
    await Promise.all(this.#opened.map((node) => node[Symbol.asyncDispose]()));
    await this.#ownPort?.[Symbol.asyncDispose]();
  }

  /** Connects to a node and adds it to the pool; or says why that could not be. */
  async #join(addr: WorkerAddr): Promise<void> {
    const node = nodeName(addr);
    const config = this.#ownPort === undefined ? this.#ofNodes : { ...this.#ofNodes, headPort: this.#ownPort };
    try {
      const launcher = await this.#openNode(config, addr, this.#given);
      this.#opened.push(launcher);
      const place = await launcher.placed;
      if (place.why !== null) return this.#misplaced.add({ launcher, addr }, place);
      this.#add({ launcher, addr });
      if (addr.type === "RemoteAddr") this.#misplaced.entered();
    } catch (error) {
      if (this.#given.aborted) return;
      if (!(error instanceof LaunchError)) throw error;
      this.#leaveOut(node, error.message);
    }
  }

  #leaveOut(node: string, reason: string): void {
    this.leftOut.push({ node, reason });
    this.cpusPerNode.delete(node);
    this.dispatcher.leftOut(node, reason);
    this.#events.emit({ type: "node-left-out", node, reason });
  }

  #add({ launcher, addr }: OpenedNode, placeNote: string | null = null): void {
    const { node, host } = launcher;
    const share: NodeShare = this.#config.shareOf?.(addr) ?? {};
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
