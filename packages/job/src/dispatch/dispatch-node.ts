/** A node as the dispatcher sees it: how to start workers there, and those that are warm and idle. */
import type { Lease } from "@hyperion-ts/cpu-pool";
import {
  describeDeath,
  LaunchError,
  type LaunchedWorker,
  type LaunchRequest,
  type NodeLauncher,
  type WorkerDeath,
} from "@hyperion-ts/launcher";
import type { RunEvents } from "@hyperion-ts/progress";
import { IdleWorkers } from "./idle-workers.ts";
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

/** What is known of a node, beside its CPUs. */
export type NodeTraits = Pick<DispatchNode, "pinTo" | "home">;

/** What a node needs of the dispatcher. */
export interface DispatchNodeOffice {
  /** Hears of the node's workers. */
  readonly events: RunEvents;
  /** The node runs so many workers at most from now on. False: it is gone. */
  limited(node: DispatchNode, workers: number): boolean;
  /** A worker holds so much memory, in megabytes: more than its share. */
  overMemory(worker: LaunchedWorker, usedMb: number): void;
  /** Too many starts in a row have failed: the node should not be used any more. */
  giveUp(node: string, reason: string): void;
}

/** One node of the run. */
export class DispatchNode {
  /** As in the pool. */
  readonly name: string;
  /** Starts workers on it. */
  readonly launcher: NodeLauncher;
  /** Where the CPU ids are real: what a worker on some of them is pinned to. */
  readonly pinTo: ((cpuIds: readonly number[]) => readonly number[]) | null;
  /** Whether it is the machine that this program runs on. */
  readonly home: boolean;
  readonly #office: DispatchNodeOffice;
  readonly #idle = new IdleWorkers();
  /** The module that was last loaded here. */
  #loadedModule: string | undefined;
  #living = 0;
  #starting = 0;
  /** The most starts that were under way at a time since a worker last came up. */
  #startingTogether = 0;
  /** Starts that have failed since a worker last came up, or ended. */
  #failedStarts = 0;
  /** Its CPUs on which starts have failed. */
  readonly pauses = new StartPauses();
  readonly #limit: WorkerLimit;
  readonly #blame = new StartBlame(async (share) =>
    this.#idle.add(await this.#launch(share, this.#idle.takeOverlapping(share)), share),
  );

  constructor(launcher: NodeLauncher, { pinTo, home }: NodeTraits, office: DispatchNodeOffice) {
    this.name = launcher.node;
    this.launcher = launcher;
    this.pinTo = pinTo;
    this.home = home;
    this.#office = office;
    this.#limit = new WorkerLimit({
      limited: (workers) => office.limited(this, workers),
      told: (workers, reason) => office.events.emit({ type: "node-limited", node: this.name, workers, reason }),
    });
  }

  /**
   * A worker on just the lease's CPUs: an idle one at once (if it need not be `fresh`), otherwise a new one.
   *
   * @throws SettingsError when no worker starts with what the lease holds beside its CPUs; NodeFullError or LaunchError
   *   when the node has no room or its starts fail, so that the call is better made elsewhere. All as rejections.
   */
  acquire(lease: Lease, fresh: boolean): LaunchedWorker | Promise<LaunchedWorker> {
    const idle = fresh ? undefined : this.#idle.take(lease);
    return idle ?? this.#start(lease);
  }

  /**
   * Gives back a lease that is no longer used, and keeps its worker for the next lease of the same CPUs where it `isReusable`.
   * Where it got no worker because starts on its CPUs fail, that is after a pause.
   */
  giveBack(lease: Lease, worker: LaunchedWorker | undefined, isReusable: boolean): void {
    if (worker === undefined) return this.pauses.giveBack(lease);
    if (isReusable && !worker.ending) {
      this.#idle.add(worker, lease);
      return lease.release();
    }
    // The CPUs are free when the process is gone.
    void worker.stop(0).then(() => lease.release());
  }

  /** A module was loaded here. True: it is another one than the last. */
  noteLoaded(module: string): boolean {
    if (this.#loadedModule === module) return false;
    this.#loadedModule = module;
    return true;
  }

  /** Starts a worker; where the node is full, in the place of idle ones, if there are any. */
  async #start(lease: Lease): Promise<LaunchedWorker> {
    let retire = this.#idle.takeOverlapping(lease);
    for (;;) {
      try {
        return await this.#launch(lease, retire);
      } catch (error) {
        if (!(error instanceof NodeFullError)) throw error;
        const idle = this.#idle.takeAny();
        if (idle === undefined) {
          this.#limit.met(error.message, this.#living + this.#starting);
          this.#settle();
          throw error;
        }
        retire = [idle];
      }
    }
  }

  async #launch(share: WorkerShare, retire: readonly LaunchedWorker[]): Promise<LaunchedWorker> {
    this.#starting += 1;
    this.#startingTogether = Math.max(this.#startingTogether, this.#starting);
    const launched: { worker?: LaunchedWorker } = {};
    const overMemory = (usedMb: number): void => {
      if (launched.worker !== undefined) this.#office.overMemory(launched.worker, usedMb);
    };
    const worker = await this.launcher
      .launch(this.#launchRequest(share, retire, overMemory))
      .catch(async (error: unknown) => {
        this.#starting -= 1;
        throw await this.#whyNotStarted(share, error).finally(() => this.#settle());
      });
    launched.worker = worker;
    this.#starting -= 1;
    this.#cameUp(worker, share);
    this.#settle();
    return worker;
  }

  #launchRequest(
    { cpuIds, gpuIds, memoryMb }: WorkerShare,
    retire: readonly LaunchedWorker[],
    overMemory: (usedMb: number) => void,
  ): LaunchRequest {
    return {
      cpuCount: cpuIds.length,
      cpuIds,
      ...(this.pinTo === null ? {} : { pin: true, pinTo: this.pinTo(cpuIds) }),
      ...(gpuIds.length > 0 ? { gpuIds } : {}),
      ...(memoryMb > 0 ? { memoryMb, overMemory } : {}),
      retire,
    };
  }

  #cameUp(worker: LaunchedWorker, share: WorkerShare): void {
    this.#failedStarts = 0;
    this.#startingTogether = this.#starting;
    this.#living += 1;
    this.pauses.cameUp(share.cpuIds);
    this.#blame.cameUp(share);
    const { node, serviceId, pid, cpuIds, logFile } = worker;
    this.#office.events.emit({ type: "worker-started", node, serviceId, pid, cpuIds, logFile });
    void worker.gone.then((death) => this.#ended(worker, death));
  }

  #ended(worker: LaunchedWorker, death: WorkerDeath): void {
    this.#living -= 1;
    this.#failedStarts = 0;
    this.#idle.delete(worker);
    const { node, serviceId } = worker;
    const blame = "blame" in death ? { blame: death.blame } : {};
    this.#office.events.emit({ type: "worker-ended", node, serviceId, how: describeDeath(death), ...blame });
    if (death.kind === "out-of-memory" && death.full !== undefined) this.#memoryUsedUp(death.full);
  }

  /** The kernel has ended a worker because of what all of them use together: fewer run from now on, and none just to stay warm. */
  #memoryUsedUp(limit: string): void {
    const idle = this.#idle.takeAll();
    for (const worker of idle) void worker.stop(0);
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
        this.pauses.failed(share.cpuIds);
        this.#office.events.emit({ type: "worker-not-started", node: this.name, reason: failure.message });
        if (this.#isHopeless) this.#office.giveUp(this.name, `its workers do not start: ${failure.message}`);
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

  get #isHopeless(): boolean {
    return (
      this.#living === 0 &&
      this.#failedStarts >= Math.max(MIN_FAILED_STARTS, MAX_FAILED_ROUNDS * this.#startingTogether)
    );
  }
}

/** The node has as many workers as one of its limits leaves room for, and all of them are in use. */
export class NodeFullError extends Error {
  override readonly name = "NodeFullError";
}
