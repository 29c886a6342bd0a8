/**
 * A lease in use: one worker on the lease's CPUs, and the tasks that are with it, in order. Short calls are
 * sent ahead, so that the worker never waits for the next one; the lease stays with the lane as long
 * as the next in the pool's line asks for just these CPUs.
 */
import { after, type Timer } from "@hyperion-ts/bounds";
import type { Lease } from "@hyperion-ts/cpu-pool";
import type { LaunchedWorker } from "@hyperion-ts/launcher";
import type { DispatchNode } from "./dispatch-node.ts";
import type { TaskOptions } from "./task-launcher.ts";
import type { Task } from "./task.ts";
import { notStartedTask, timedOutTask } from "./task-failure.ts";

/** A call that was asked to end gets so long; then SIGTERM, and after as long again SIGKILL. */
export const ABORT_GRACE_MS = 2_000;

/** What a lane needs of the dispatcher. */
export interface LaneOffice {
  /** A call was answered, or lost with its worker, after so long. */
  answered(task: Task, outcome: "done" | "failed" | "lost", runMs: number): void;
  /** The lane has room: more tasks may be sent ahead to it. */
  refill(lane: Lane): void;
  /** The lane has no task left; its lease is released. */
  closed(lane: Lane): void;
}

export class Lane {
  readonly lease: Lease;
  readonly node: DispatchNode;
  worker: LaunchedWorker | undefined;
  /** When a call last began or ended here, on performance.now()'s clock. */
  progressMs = performance.now();
  /** The `progressMs` with which it was last found to take long. */
  suspectedMs = 0;
  /** More tasks are asked for when no more than so many are left. */
  refillAt = 0;
  /** Whether its worker has no other task after these. */
  fresh = false;
  readonly #office: LaneOffice;
  readonly #tasks: Task[] = [];
  /** How many of them are sent and not answered. */
  #sent = 0;
  /** Those that were asked to end, and why. */
  readonly #ending = new Map<Task, unknown>();
  #phase: "open" | "recalling" | "slow" | "dead" = "open";
  #kill: NodeJS.Timeout | undefined;
  #limit: Timer | undefined;

  constructor(office: LaneOffice, lease: Lease, node: DispatchNode) {
    this.#office = office;
    this.lease = lease;
    this.node = node;
  }

  /** How many tasks are with it. */
  get size(): number {
    return this.#tasks.length;
  }

  /** Whether more tasks may be sent ahead to it. */
  get takesMore(): boolean {
    return this.#phase === "open" && this.worker !== undefined && !this.worker.ending;
  }

  /** Whether its worker has nothing to do, and may have any task. */
  get isFree(): boolean {
    return this.takesMore && this.#tasks.length === 0 && !this.fresh;
  }

  /** How many calls wait in the worker behind the one that runs. */
  get ahead(): number {
    return Math.max(0, this.#sent - 1);
  }

  /** The task that runs, as far as can be told from here. */
  get running(): Task | undefined {
    return this.#tasks.find((task) => task.state === "sent");
  }

  add(task: Task): void {
    this.#tasks.push(task);
    task.lane = this;
    this.fresh ||= wantsOwnWorker(task.request.options);
    if (this.worker !== undefined) task.arrived(this);
  }

  /** Hands over a task that waits for the worker to come up, if one of them `suits`; none where a task asks for a worker of its own. */
  giveAway(suits: (task: Task) => boolean): [] | [Task] {
    const at = this.worker === undefined && !this.fresh ? this.#tasks.findIndex(suits) : -1;
    const [task] = at < 0 ? [] : this.#tasks.splice(at, 1);
    return task === undefined ? [] : [task];
  }

  /** The worker is there. */
  opened(worker: LaunchedWorker): void {
    this.worker = worker;
    // Its tasks may have gone elsewhere meanwhile.
    if (this.#tasks.length === 0) this.#office.refill(this);
    // A task that arrives may leave at once.
    else for (const task of this.#tasks.slice()) task.arrived(this);
    this.#closeIfEmpty();
  }

  /** The worker is there, but nothing may begin any more. */
  vacated(worker: LaunchedWorker): void {
    this.worker = worker;
    for (const task of this.#tasks.slice()) task.evicted();
    this.#closeIfEmpty();
  }

  /** The node has no room for another worker now, or starts none: that is nothing to the tasks. */
  postponed(): void {
    this.#phase = "dead";
    for (const task of this.#tasks.slice()) task.evicted();
    this.#closeIfEmpty();
  }

  /** No worker starts with what the tasks ask for. */
  failed(error: Error): void {
    this.#phase = "dead";
    for (const task of this.#tasks.splice(0)) task.notStarted(notStartedTask(error, task.place));
    this.#closeIfEmpty();
  }

  send(task: Task): void {
    const { worker } = this;
    if (worker === undefined) return;
    if (this.#phase === "dead" || worker.ending) return task.evicted();
    if (this.#sent > 0) {
      if (this.#phase !== "open") return task.evicted();
      // A large input can't be taken back once a part of it is on its way: it waits until the worker is free.
      if (task.input.length > worker.credit / 2) {
        task.state = "held";
        return;
      }
    } else this.#begins(task);
    this.#sent += 1;
    task.state = "sent";
    worker.submit(task);
  }

  /** An answer has come for a task, or its worker's death. */
  answered(task: Task, outcome: "done" | "failed" | "lost", runMs: number): void {
    this.#unsend(task);
    clearTimeout(this.#kill);
    this.#kill = undefined;
    this.#office.answered(task, outcome, runMs);
    if (this.#phase === "slow") this.#phase = "open";
    this.#begins(this.running);
  }

  /** A task is no longer with the lane. */
  finished(task: Task): void {
    const at = this.#tasks.indexOf(task);
    if (at < 0) return;
    this.#unsend(task);
    this.#tasks.splice(at, 1);
    if (this.takesMore && this.#tasks.length <= this.refillAt) this.#office.refill(this);
    if (this.#sent === 0) this.#sendWaiting();
    this.#closeIfEmpty();
  }

  /** Takes back what the worker has not begun, because what it runs takes long. */
  recall(): void {
    const { worker } = this;
    if (worker === undefined || this.#phase !== "open") return;
    this.#phase = "recalling";
    void worker.recall().then(() => this.#recalled());
  }

  /** Asks a call to end, and makes it: when it runs, its worker is ended after a while; when it waits, it is taken back. */
  abort(task: Task, reason: unknown): void {
    this.#ending.set(task, reason);
    if (task !== this.running) return this.recall();
    this.#end(task, reason);
  }

  /** The worker remembers a module as one that can't be loaded: it should not get other tasks. */
  distrust(): void {
    this.fresh = true;
  }

  /** The worker is gone; each of its tasks hears so by itself. */
  workerLost(): void {
    this.#phase = "dead";
    clearTimeout(this.#kill);
    this.#limit?.[Symbol.dispose]();
  }

  /** Whether the worker can take other tasks when the lane is closed. */
  get workerUsable(): boolean {
    return this.#phase !== "dead" && this.worker !== undefined && !this.worker.ending;
  }

  #recalled(): void {
    if (this.#phase === "recalling") this.#phase = this.#sent > 0 ? "slow" : "open";
    // One that was to end may have begun before it could be taken back.
    const { running } = this;
    if (running !== undefined && this.#ending.has(running)) this.#end(running, this.#ending.get(running));
    if (this.#sent === 0) this.#sendWaiting();
  }

  #end(task: Task, reason: unknown): void {
    const { worker } = this;
    if (worker === undefined) return;
    worker.abort(task, reason);
    this.#kill ??= setTimeout(() => void worker.stop(ABORT_GRACE_MS), ABORT_GRACE_MS);
  }

  #unsend(task: Task): void {
    this.#ending.delete(task);
    if (task.state === "sent") this.#sent -= 1;
    task.state = "none";
  }

  #begins(task: Task | undefined): void {
    this.progressMs = performance.now();
    this.#limit?.[Symbol.dispose]();
    this.#limit = undefined;
    const limitMs = task?.request.options.timeLimitMs ?? null;
    if (task === undefined || limitMs === null) return;
    this.#limit = after(limitMs, () => {
      task.timedOut();
      this.abort(task, timedOutTask(limitMs, task.place));
    });
  }

  /** Sends what was held back. */
  #sendWaiting(): void {
    const next = this.#tasks.find((task) => task.state === "held");
    if (next !== undefined) this.send(next);
  }

  #closeIfEmpty(): void {
    const starting = this.worker === undefined && this.#phase !== "dead";
    if (this.#tasks.length > 0 || starting) return;
    this.#limit?.[Symbol.dispose]();
    clearTimeout(this.#kill);
    this.#office.closed(this);
  }
}

/** Whether a call has its worker for itself: also where it is ended for its memory, so that it is not ended for what an earlier one has left there. */
export const wantsOwnWorker = ({ freshWorker, memoryLimit }: TaskOptions): boolean =>
  freshWorker === true || memoryLimit === "end";
