/** A node as the dispatcher sees it: how to start workers there, and those that are warm and idle. */
import type { Lease } from "@hyperion-ts/cpu-pool";
import { LaunchError, type LaunchedWorker, type NodeLauncher } from "@hyperion-ts/launcher";

/**
 * A node is given up after so many rounds of starts of which no worker came up. A round is as many starts as were under
 * way at a time: where 64 workers start at once, three that fail say little about the node.
 */
const MAX_FAILED_ROUNDS = 3;

interface IdleWorker {
  readonly worker: LaunchedWorker;
  readonly lease: Lease;
}

export class DispatchNode {
  readonly name: string;
  readonly launcher: NodeLauncher;
  /** Whether the CPU ids are real, so that workers are pinned to them. */
  readonly pin: boolean;
  /** By the array of CPU ids, which the pool hands out again for the same set. */
  readonly #idle = new Map<readonly number[], IdleWorker>();
  readonly #hooks: DispatchNodeHooks;
  /** Starts under way now, and the most at a time since a worker last came up. */
  #starting = 0;
  #startingTogether = 0;
  /** Starts that have failed since then. */
  #failedStarts = 0;

  constructor(launcher: NodeLauncher, pin: boolean, hooks: DispatchNodeHooks) {
    this.name = launcher.node;
    this.launcher = launcher;
    this.pin = pin;
    this.#hooks = hooks;
  }

  /** A worker on just the lease's CPUs: an idle one at once (if it need not be `fresh`), otherwise a new one. Rejects with a `LaunchError`. */
  acquire(lease: Lease, fresh: boolean): LaunchedWorker | Promise<LaunchedWorker> {
    const idle = this.#idle.get(lease.cpuIds);
    if (idle === undefined || fresh || !sameShare(idle.lease, lease)) return this.#start(lease);
    this.#idle.delete(lease.cpuIds);
    return idle.worker;
  }

  /** Keeps a worker for the next lease of the same CPUs. */
  keep(worker: LaunchedWorker, lease: Lease): void {
    this.#idle.set(lease.cpuIds, { worker, lease });
  }

  async #start(lease: Lease): Promise<LaunchedWorker> {
    this.#starting += 1;
    this.#startingTogether = Math.max(this.#startingTogether, this.#starting);
    try {
      const worker = await this.launcher.launch({
        cpuCount: lease.cpuIds.length,
        cpuIds: lease.cpuIds,
        pin: this.pin,
        ...(lease.gpuIds.length > 0 ? { gpuIds: lease.gpuIds } : {}),
        ...(lease.memoryMb > 0 ? { memoryMb: lease.memoryMb } : {}),
        retire: this.#overlapping(lease),
      });
      this.#failedStarts = 0;
      this.#startingTogether = this.#starting;
      this.#hooks.started(worker);
      void worker.gone.then((death) => {
        if (this.#idle.get(worker.cpuIds)?.worker === worker) this.#idle.delete(worker.cpuIds);
        this.#hooks.ended(worker, death);
      });
      return worker;
    } catch (error) {
      const failure = error instanceof Error ? error : new LaunchError(this.name, `a worker on ${this.name}: ${String(error)}`);
      this.#failedStarts += 1;
      this.#hooks.notStarted(this, failure, this.#failedStarts >= MAX_FAILED_ROUNDS * this.#startingTogether);
      throw failure;
    } finally {
      this.#starting -= 1;
    }
  }

  /** Takes out the idle workers that sit on CPUs of this lease. */
  #overlapping(lease: Lease): LaunchedWorker[] {
    const wanted = new Set(lease.cpuIds);
    const overlapping = [...this.#idle.values()].filter(({ worker }) => worker.cpuIds.some((id) => wanted.has(id)));
    for (const { lease } of overlapping) this.#idle.delete(lease.cpuIds);
    return overlapping.map(({ worker }) => worker);
  }
}

/** Who hears of a node's workers. */
export interface DispatchNodeHooks {
  started(worker: LaunchedWorker): void;
  ended(worker: LaunchedWorker, death: Awaited<LaunchedWorker["gone"]>): void;
  /** `giveUp`: too many in a row; the node should not be used any more. */
  notStarted(node: DispatchNode, error: Error, giveUp: boolean): void;
}

const sameShare = (a: Lease, b: Lease): boolean => a.memoryMb === b.memoryMb && a.gpuIds.length === b.gpuIds.length && a.gpuIds.every((id, i) => id === b.gpuIds[i]);
