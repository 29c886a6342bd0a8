/**
 * The connections to the nodes of a pool: all are opened at once, with a limit for their handshakes. A node on which
 * the program's directory can't be entered waits until the others have said whether they share it.
 */
import {
  type HeadPort,
  LaunchError,
  type NodeLauncher,
  type NodeLauncherConfig,
  nodeName,
  openHeadPort,
  reachOf,
  type WorkerAddr,
} from "@hyperion-ts/launcher";
import PQueue from "p-queue";
import { MisplacedNodes } from "./misplaced-nodes.ts";

/** At most so many nodes are being connected to at a time: sshd drops connections beyond ten or so. */
const HANDSHAKES_AT_ONCE = 8;

/** How a node gets its launcher. */
export type OpenNode = (config: NodeLauncherConfig, addr: WorkerAddr, signal: AbortSignal) => Promise<NodeLauncher>;

/** A node whose agent is there. */
export interface OpenedNode {
  /** Starts workers on it. */
  readonly launcher: NodeLauncher;
  /** Where it is. */
  readonly addr: WorkerAddr;
}

/** Who hears what becomes of the nodes. */
export interface NodeConnectionsOffice {
  /** The node is to be used. `note` says where its workers run, if that is not the program's directory. */
  use(node: OpenedNode, note: string | null): void;
  /** The node can't be used, and why. */
  leaveOut(node: string, reason: string): void;
}

/** Disposing of it closes all that were opened, which ends the agents and workers on them. */
export class NodeConnections implements AsyncDisposable {
  readonly #config: NodeLauncherConfig;
  readonly #openNode: OpenNode;
  readonly #office: NodeConnectionsOffice;
  /** Aborts when the nodes are no longer wanted. */
  readonly #signal: AbortSignal;
  /** One port for all nodes; it opens only where it is used. */
  #ownPort: HeadPort | undefined;
  /** All that have to be closed. */
  readonly #opened: NodeLauncher[] = [];
  readonly #misplaced = new MisplacedNodes<OpenedNode>({
    use: (node, note) => this.#office.use(node, note),
    leaveOut: ({ launcher }, reason) => {
      this.#office.leaveOut(launcher.node, reason);
      void launcher[Symbol.asyncDispose]();
    },
  });

  /** `config` is the same for all nodes; an abort of `signal` gives up those that are not there yet. */
  constructor(config: NodeLauncherConfig, openNode: OpenNode, office: NodeConnectionsOffice, signal: AbortSignal) {
    const queue = new PQueue({ concurrency: HANDSHAKES_AT_ONCE });
    this.#config = { throttle: (handshake) => queue.add(handshake), ...config };
    this.#openNode = openNode;
    this.#office = office;
    this.#signal = signal;
  }

  /** Connects to all of `addrs` at once, and calls `settled` after each of them. Resolves when all are there or left out. */
  async openAll(addrs: readonly WorkerAddr[], settled: () => void): Promise<void> {
    const { tls, headPort } = reachOf(this.#config);
    if (tls && headPort === undefined) this.#ownPort = await openHeadPort();
    await Promise.all(addrs.map((addr) => this.#open(addr).then(settled)));
    this.decide();
  }

  /** Waits for no other node to say whether the program's directory is shared. */
  decide(): void {
    this.#misplaced.decide();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#opened.map((node) => node[Symbol.asyncDispose]()));
    await this.#ownPort?.[Symbol.asyncDispose]();
  }

  /** Connects to a node; or says why that could not be. */
  async #open(addr: WorkerAddr): Promise<void> {
    const config =
      this.#ownPort === undefined
        ? this.#config
        : { ...this.#config, reach: { ...this.#config.reach, headPort: this.#ownPort } };
    try {
      const launcher = await this.#openNode(config, addr, this.#signal);
      this.#opened.push(launcher);
      const place = await launcher.placed;
      if (place.why !== null) return this.#misplaced.add({ launcher, addr }, place);
      this.#office.use({ launcher, addr }, null);
      if (addr.type === "RemoteAddr") this.#misplaced.entered();
    } catch (error) {
      if (this.#signal.aborted) return;
      if (!(error instanceof LaunchError)) throw error;
      this.#office.leaveOut(nodeName(addr), error.message);
    }
  }
}
