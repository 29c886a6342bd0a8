/** A node as the dispatcher sees it: how to start workers there, and those that are warm and idle. */
import type { Lease } from "@hyperion-ts/cpu-pool";
import { LaunchError, type LaunchedWorker, type NodeLauncher } from "@hyperion-ts/launcher";
import { SettingsError, StartBlame, type WorkerShare } from "./start-blame.ts";
import { StartPauses } from "./start-pauses.ts";
import { WorkerLimit } from "./worker-limit.ts";

/**
 * A node on which no worker lives is given up when none came up in two rounds of plain starts, three starts at least. A
 * round is as many as were under way at a time: where 64 workers start at once, three that fail say little about
 * the node.
 */
const MAX_FAILED_ROUNDS = 2;
const MIN_FAILED_STARTS = 3;

interface IdleWorker {
  readonly worker: LaunchedWorker;
  readonly share: WorkerShare;
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
  readonly #pauses = new StartPauses();
  readonly #limit: WorkerLimit;
  readonly #blame = new StartBlame(async (share) =>
    this.keep(await this.#launch(share, this.#overlapping(share)), share),
  );

  constructor(launcher: NodeLauncher, { pinTo, home }: NodeTraits, hooks: DispatchNodeHooks) {
    this.name = launcher.node;
    this.launcher = launcher;
    this.pinTo = pinTo;
    this.home = home;
    this.#hooks = hooks;
    this.#limit = new WorkerLimit({
      limited: (workers) => hooks.limited(this, workers),
      told: (workers, reason) => hooks.toldLimit(this, workers, reason),
    });
  }

  /**
   * A worker on just the lease's CPUs: an idle one at once (if it need not be `fresh`), otherwise a new one. Rejects with a
   * `SettingsError` where none starts with what the lease holds beside them; with another error where the node has no
   * room, or its starts fail, so that the call is better made elsewhere.
   */
  acquire(lease: Lease, fresh: boolean): LaunchedWorker | Promise<LaunchedWorker> {
    const idle = this.#idle.get(lease.cpuIds);
    if (idle === undefined || idle.worker.ending || fresh || !sameShare(idle.share, lease)) return this.#start(lease);
    this.#idle.delete(lease.cpuIds);
    return idle.worker;
  }

  /** Keeps a worker for the next lease of the same CPUs. */
  keep(worker: LaunchedWorker, share: WorkerShare): void {
    this.#idle.set(share.cpuIds, { worker, share });
  }

  /** Gives back a lease that got no worker; where starts on its CPUs fail, after a pause. */
  giveBack(lease: Lease): void {
    this.#pauses.giveBack(lease);
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
        this.#idle.delete(idle.share.cpuIds);
        retire = [idle.worker];
      }
    }
  }

  async #launch(share: WorkerShare, retire: readonly LaunchedWorker[]): Promise<LaunchedWorker> {
    this.#starting += 1;
    this.#startingTogether = Math.max(this.#startingTogether, this.#starting);
    const launched: { worker?: LaunchedWorker } = {};
    const request = {
      cpuCount: share.cpuIds.length,
      cpuIds: share.cpuIds,
      ...(this.pinTo === null ? {} : { pin: true, pinTo: this.pinTo(share.cpuIds) }),
      ...(share.gpuIds.length > 0 ? { gpuIds: share.gpuIds } : {}),
      ...(share.memoryMb > 0
        ? {
            memoryMb: share.memoryMb,
            overMemory: (usedMb: number) =>
              launched.worker !== undefined && this.#hooks.overMemory(launched.worker, usedMb),
          }
        : {}),
      retire,
    };
    const worker = await this.launcher.launch(request).catch(async (error: unknown) => {
      this.#starting -= 1;
      throw await this.#whyNotStarted(share, error).finally(() => this.#settle());
    });
    launched.worker = worker;
    this.#starting -= 1;
    this.#cameUp(worker, share);
    this.#settle();
    return worker;
  }

  #cameUp(worker: LaunchedWorker, share: WorkerShare): void {
    this.#failedStarts = 0;
    this.#startingTogether = this.#starting;
    this.#living += 1;
    this.#pauses.cameUp(share.cpuIds);
    this.#blame.cameUp(share);
    this.#hooks.started(worker);
    void worker.gone.then((death) => {
      this.#living -= 1;
      this.#failedStarts = 0;
      if (this.#idle.get(worker.cpuIds)?.worker === worker) this.#idle.delete(worker.cpuIds);
      this.#hooks.ended(worker, death);
      if (death.kind === "out-of-memory" && death.full !== undefined) this.#memoryUsedUp(death.full);
    });
  }

  /** The kernel has ended a worker because of what all of them use together: fewer run from now on, and none just to stay warm. */
  #memoryUsedUp(limit: string): void {
    const idle = [...this.#idle.values()];
    this.#idle.clear();
    for (const { worker } of idle) void worker.stop(0);
    const busy = this.#living + this.#starting - idle.length;
    if (busy === 0) return;
    this.#limit.met(limit, busy);
    this.#settle();
  }

  /** Says why a start failed, and counts it against the node where that is to blame. */
  async #whyNotStarted(share: WorkerShare, error: unknown): Promise<unknown> {
    if (error instanceof LaunchError && error.full !== undefined && this.#living + this.#starting > 0)
      return new NodeFullError(error.full);
    const failure =
      error instanceof Error ? error : new LaunchError(this.name, `a worker on ${this.name}: ${String(error)}`);
    const blame = this.#blame.judge(share);
    switch (blame) {
      case "node":
        this.#failedStarts += 1;
        this.#pauses.failed(share.cpuIds);
        this.#hooks.notStarted(this, failure, this.#giveUp);
        return failure;
      case "settings":
        return new SettingsError(this.name, share, failure);
      case "unknown":
        // What a plain start fails with has counted already.
        return this.#blame.tryPlain(share).then(
          () => new SettingsError(this.name, share, failure),
          (plain: unknown) => plain,
        );
      default:
        return blame satisfies never;
    }
  }

  #settle(): void {
    if (this.#starting === 0) this.#limit.settled(this.#living);
  }

  get #giveUp(): boolean {
    return (
      this.#living === 0 &&
      this.#failedStarts >= Math.max(MIN_FAILED_STARTS, MAX_FAILED_ROUNDS * this.#startingTogether)
    );
  }

  /** Takes out the idle workers that sit on some of these CPUs. */
  #overlapping({ cpuIds }: WorkerShare): LaunchedWorker[] {
    const wanted = new Set(cpuIds);
    const overlapping = [...this.#idle.values()].filter(({ worker }) => worker.cpuIds.some((id) => wanted.has(id)));
    for (const { share } of overlapping) this.#idle.delete(share.cpuIds);
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
  /** It holds so much memory, in megabytes: more than its share. */
  overMemory(worker: LaunchedWorker, usedMb: number): void;
  ended(worker: LaunchedWorker, death: Awaited<LaunchedWorker["gone"]>): void;
  /** `giveUp`: too many in a row; the node should not be used any more. */
  notStarted(node: DispatchNode, error: Error, giveUp: boolean): void;
}

const sameShare = (a: WorkerShare, b: WorkerShare): boolean =>
  a.memoryMb === b.memoryMb && a.gpuIds.length === b.gpuIds.length && a.gpuIds.every((id, i) => id === b.gpuIds[i]);
