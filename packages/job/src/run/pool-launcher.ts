/**
 * Workers on all nodes that could be reached: nodes are brought up together, the CPUs of those that came up are one pool.
 * (Hyperion.Job: withPoolLauncher)
 */
import { PoolCore } from "@hyperion-ts/cpu-pool";
import { LaunchError, type NodeLauncher, type NodeLauncherConfig, nodeName, openHeadPort, openNodeLauncher, type WorkerAddr, type WorkerLauncher } from "@hyperion-ts/launcher";
import PQueue from "p-queue";
import { Dispatcher } from "../dispatch/dispatcher.ts";
import type { TaskWorker } from "../dispatch/task-launcher.ts";
import { RunEvents } from "../events/run-events.ts";
import { chooseCpus } from "./choose-cpus.ts";
import type { NodeShare } from "./node-share.ts";

/** At most so many nodes are being connected to at a time: sshd drops connections beyond ten or so. */
const HANDSHAKES_AT_ONCE = 8;

/** How the nodes are reached, how many CPUs of each are ours, and who hears of them. */
export interface PoolLauncherConfig extends NodeLauncherConfig {
  /** What part of a node is ours. Default: all that its agent may use. */
  readonly shareOf?: (addr: WorkerAddr) => NodeShare | undefined;
  /** With fewer nodes than this it is no use to begin. Default 1. */
  readonly leastNodes?: number;
  /** Hears of nodes and workers. Default: nobody. */
  readonly events?: RunEvents;
}

/** The pool of the nodes that came up. Disposing of it ends all agents and workers. */
export interface PoolLauncher extends AsyncDisposable {
  readonly pool: PoolCore;
  readonly dispatcher: Dispatcher;
  readonly nodes: ReadonlyMap<string, NodeLauncher>;
  readonly cpusPerNode: ReadonlyMap<string, number>;
  /** The nodes that could not be used, and why. */
  readonly leftOut: readonly { readonly node: string; readonly reason: string }[];
  /** A launcher whose workers have so many CPUs each. */
  withCpus(cpus: number): WorkerLauncher<{ readonly signal?: AbortSignal }, TaskWorker>;
}

/**
 * Connects to all nodes at once and makes one pool of those that came up. Throws a `LaunchError`, with every
 * reason, when fewer than `leastNodes` did. An abort of `signal` gives up.
 */
export async function openPoolLauncher(config: PoolLauncherConfig, addrs: readonly WorkerAddr[], signal: AbortSignal = new AbortController().signal): Promise<PoolLauncher> {
  await using stack = new AsyncDisposableStack();
  // One port for all nodes; it opens only where it is used.
  const tls = config.tls ?? config.transport?.type === "srun";
  const headPort = tls && config.headPort === undefined ? stack.use(await openHeadPort()) : config.headPort;
  const connection = headPort === undefined ? config : { ...config, headPort };
  const events = config.events ?? new RunEvents();
  const pool = new PoolCore();
  const dispatcher = new Dispatcher(pool, events);
  const queue = new PQueue({ concurrency: HANDSHAKES_AT_ONCE });
  const opened = await Promise.all(addrs.map((addr) => queue.add(() => tryOpen(connection, addr, signal))));
  const nodes = new Map<string, NodeLauncher>();
  const cpusPerNode = new Map<string, number>();
  const leftOut: { node: string; reason: string }[] = [];
  for (const [i, result] of opened.entries()) {
    if (!("launcher" in result)) {
      leftOut.push(result);
      events.emit({ type: "node-left-out", ...result });
      continue;
    }
    const launcher = stack.use(result.launcher);
    const addr = addrs[i];
    const share = (addr === undefined ? undefined : config.shareOf?.(addr)) ?? {};
    const { cpuIds, pin, note } = chooseCpus(launcher.host, share);
    nodes.set(launcher.node, launcher);
    cpusPerNode.set(launcher.node, cpuIds.length);
    dispatcher.addNode(launcher, { name: launcher.node, cpuIds, gpuIds: share.gpuIds, memoryMb: share.memoryMb ?? launcher.host.memoryMb }, pin);
    events.emit({ type: "node-ready", node: launcher.node, cpus: cpuIds.length, pinned: pin, note });
  }
  signal.throwIfAborted();
  const least = Math.max(1, config.leastNodes ?? 1);
  if (nodes.size < least) throw new LaunchError("", `agents on ${least} of ${addrs.length} nodes, only on ${nodes.size}:\n${leftOut.map(({ node, reason }) => `${node}: ${reason}`).join("\n")}`);
  stack.defer(() => dispatcher.close());
  return new OpenPoolLauncher(pool, dispatcher, nodes, cpusPerNode, leftOut, stack.move());
}

type Opened = { readonly launcher: NodeLauncher } | { readonly node: string; readonly reason: string };

async function tryOpen(config: NodeLauncherConfig, addr: WorkerAddr, signal: AbortSignal): Promise<Opened> {
  try {
    return { launcher: await openNodeLauncher(config, addr, signal) };
  } catch (error) {
    if (signal.aborted) return { node: nodeName(addr), reason: "it was no longer wanted" };
    if (error instanceof LaunchError) return { node: nodeName(addr), reason: error.message };
    throw error;
  }
}

class OpenPoolLauncher implements PoolLauncher {
  readonly pool: PoolCore;
  readonly dispatcher: Dispatcher;
  readonly nodes: ReadonlyMap<string, NodeLauncher>;
  readonly cpusPerNode: ReadonlyMap<string, number>;
  readonly leftOut: PoolLauncher["leftOut"];
  readonly #resources: AsyncDisposableStack;

  constructor(pool: PoolCore, dispatcher: Dispatcher, nodes: ReadonlyMap<string, NodeLauncher>, cpusPerNode: ReadonlyMap<string, number>, leftOut: PoolLauncher["leftOut"], resources: AsyncDisposableStack) {
    this.pool = pool;
    this.dispatcher = dispatcher;
    this.nodes = nodes;
    this.cpusPerNode = cpusPerNode;
    this.leftOut = leftOut;
    this.#resources = resources;
  }

  withCpus(cpus: number): WorkerLauncher<{ readonly signal?: AbortSignal }, TaskWorker> {
    const never = new AbortController().signal;
    return { launch: ({ signal = never }) => this.dispatcher.launch({ cpus, options: {}, signal }) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#resources.disposeAsync();
  }
}
