/** A node as the dispatcher sees it: how to start workers there, and those that are warm and idle. */
import type { Lease } from "@hyperion-ts/cpu-pool";
import { LaunchError, type LaunchedWorker, type NodeLauncher } from "@hyperion-ts/launcher";
import { WorkerLimit } from "./worker-limit.ts";

/**
 * A node is given up when no worker came up in two rounds of starts, three starts at least. A round is as many as were
 * under way at a time: where 64 workers start at once, three that fail say little about the node. Two rounds
 * leave the calls an attempt to be made elsewhere.
 */
const MAX_FAILED_ROUNDS = 2;
const MIN_FAILED_STARTS = 3;
/** So many times as long as it has workers that live: it can run some, and the others may have been killed. */
const PATIENCE_WITH_WORKERS = 10;

interface IdleWorker {
  readonly worker: LaunchedWorker;
  readonly lease: Lease;
}

/** What is known of a node, beside its CPUs. */
export type NodeTraits = Pick<DispatchNode, "pinTo" | "home">;

export class DispatchNode {
  readonly name: string;
  readonly launcher: NodeLauncher;
  /** Where the CPU ids are real: what a worker on some of them is pinned to. */
  readonly pinTo: ((cpuIds: readonly number[]) => readonly number[]) | null;
  /** Whether it is the machine that this program runs on. */
  readonly home: boolean;
  /** The module that was last seen to load here. */
  loadedModule: string | undefined;
  /** By the array of CPU ids, which the pool hands out again for the same set. */
  readonly #idle = new Map<readonly number[], IdleWorker>();
  readonly #hooks: DispatchNodeHooks;
  #living = 0;
  #starting = 0;
  /** The most starts that were under way at a time since a worker last came up. */
  #startingTogether = 0;
  /** Starts that have failed since a worker last came up, or ended. */
  #failedStarts = 0;
  readonly #limit: WorkerLimit;

  constructor(launcher: NodeLauncher, { pinTo, home }: NodeTraits, hooks: DispatchNodeHooks) {
    this.name = launcher.node;
    this.launcher = launcher;
    this.pinTo = pinTo;
    this.home = home;
    this.#hooks = hooks;
    this.#limit = new WorkerLimit({ limited: (workers) => hooks.limited(this, workers), told: (workers, reason) => hooks.toldLimit(this, workers, reason) });
  }

  /** A worker on just the lease's CPUs: an idle one at once (if it need not be `fresh`), otherwise a new one. Rejects with a `LaunchError`. */
  acquire(lease: Lease, fresh: boolean): LaunchedWorker | Promise<LaunchedWorker> {
    const idle = this.#idle.get(lease.cpuIds);
    if (idle === undefined || idle.worker.ending || fresh || !sameShare(idle.lease, lease)) return this.#start(lease);
    this.#idle.delete(lease.cpuIds);
    return idle.worker;
  }

  /** Keeps a worker for the next lease of the same CPUs. */
  keep(worker: LaunchedWorker, lease: Lease): void {
    this.#idle.set(lease.cpuIds, { worker, lease });
  }

  /** Starts a worker; where the node is full, in the place of idle ones, if there are any. */
  async #start(lease: Lease): Promise<LaunchedWorker> {
    let retire = this.#overlapping(lease);
    for (;;) {
      try {
        return await this.#launch(lease, retire);
      } catch (error) {
        if (!(error instanceof NodeFullError)) throw error;
        const [idle] = this.#idle.values();
        if (idle === undefined) {
          this.#limit.met(error.message, this.#living + this.#starting);
          this.#settle();
          throw error;
        }
        this.#idle.delete(idle.lease.cpuIds);
        retire = [idle.worker];
      }
    }
  }

  async #launch(lease: Lease, retire: readonly LaunchedWorker[]): Promise<LaunchedWorker> {
    this.#starting += 1;
    this.#startingTogether = Math.max(this.#startingTogether, this.#starting);
    try {
      const worker = await this.launcher.launch({
        cpuCount: lease.cpuIds.length,
        cpuIds: lease.cpuIds,
        ...(this.pinTo === null ? {} : { pin: true, pinTo: this.pinTo(lease.cpuIds) }),
        ...(lease.gpuIds.length > 0 ? { gpuIds: lease.gpuIds } : {}),
        ...(lease.memoryMb > 0 ? { memoryMb: lease.memoryMb } : {}),
        retire,
      });
      this.#failedStarts = 0;
      this.#startingTogether = this.#starting;
      this.#living += 1;
      this.#hooks.started(worker);
      void worker.gone.then((death) => {
        this.#living -= 1;
        this.#failedStarts = 0;
        if (this.#idle.get(worker.cpuIds)?.worker === worker) this.#idle.delete(worker.cpuIds);
        this.#hooks.ended(worker, death);
      });
      return worker;
    } catch (error) {
      if (error instanceof LaunchError && error.full !== undefined && this.#living + this.#starting > 1) throw new NodeFullError(error.full);
      const failure = error instanceof Error ? error : new LaunchError(this.name, `a worker on ${this.name}: ${String(error)}`);
      this.#failedStarts += 1;
      this.#hooks.notStarted(this, failure, this.#giveUp);
      throw failure;
    } finally {
      this.#starting -= 1;
      this.#settle();
    }
  }

  #settle(): void {
    if (this.#starting === 0) this.#limit.settled(this.#living);
  }

  get #giveUp(): boolean {
    const most = Math.max(MIN_FAILED_STARTS, MAX_FAILED_ROUNDS * this.#startingTogether);
    return this.#failedStarts >= (this.#living > 0 ? PATIENCE_WITH_WORKERS * most : most);
  }

  /** Takes out the idle workers that sit on CPUs of this lease. */
  #overlapping(lease: Lease): LaunchedWorker[] {
    const wanted = new Set(lease.cpuIds);
    const overlapping = [...this.#idle.values()].filter(({ worker }) => worker.cpuIds.some((id) => wanted.has(id)));
    for (const { lease } of overlapping) this.#idle.delete(lease.cpuIds);
    return overlapping.map(({ worker }) => worker);
  }
}

/** The node has as many workers as one of its limits leaves room for, and all of them are in use. */
export class NodeFullError extends Error {
  override readonly name = "NodeFullError";
}

/** Who hears of a node's workers. */
export interface DispatchNodeHooks {
  /** The node runs so many workers at most from now on. False: it is gone. */
  limited(node: DispatchNode, workers: number): boolean;
  /** The same when all starts are over, with the limit, for people. */
  toldLimit(node: DispatchNode, workers: number, limit: string): void;
  started(worker: LaunchedWorker): void;
  ended(worker: LaunchedWorker, death: Awaited<LaunchedWorker["gone"]>): void;
  /** `giveUp`: too many in a row; the node should not be used any more. */
  notStarted(node: DispatchNode, error: Error, giveUp: boolean): void;
}

const sameShare = (a: Lease, b: Lease): boolean => a.memoryMb === b.memoryMb && a.gpuIds.length === b.gpuIds.length && a.gpuIds.every((id, i) => id === b.gpuIds[i]);
