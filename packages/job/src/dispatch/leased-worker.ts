/**
 * A lease in use: one worker on the lease's CPUs, and the tasks that are with it, in order. Short calls are sent ahead, so
 * that the worker never waits for the next one; the lease is kept as long as the next in the pool's line asks for just
 * these CPUs. It owns its tasks: what happens to their calls here, they hear from it.
 */
import type { Lease, Ticket } from "@hyperion-ts/cpu-pool";
import type { LaunchedWorker, WorkerDeath } from "@hyperion-ts/launcher";
import type { CallFailure } from "@hyperion-ts/wire";
import { CallsInFlight } from "./calls-in-flight.ts";
import type { CallReports } from "./call-reports.ts";
import type { WorkerInstruction } from "./call-state.ts";
import type { DispatchNode } from "./dispatch-node.ts";
import type { ModuleTrials } from "./module-trials.ts";
import type { TaskPlace } from "./task-error.ts";
import { failedTask, lostTask, notStartedTask } from "./task-failure.ts";
import type { TaskHolder } from "./task-holder.ts";
import type { Task } from "./task.ts";

/** What a leased worker needs of the dispatcher. */
export interface LeasedWorkerOffice {
  /** Is told how calls end. */
  readonly reports: CallReports;
  /** Is told which modules can be loaded where. */
  readonly trials: ModuleTrials;
  /** A task has left it: it may have room for others, or have none any more. */
  left(leased: LeasedWorker): void;
}

/**
 * starting: its worker is not there. open: more may be sent to it. recalling: what has not begun is being taken back. slow: that
 * was taken back, and the call that runs goes on. dead: nothing can be sent any more.
 */
type Phase = "starting" | "open" | "recalling" | "slow" | "dead";

/** A worker on leased CPUs, or CPUs on which one is being started, with the tasks on it. */
export class LeasedWorker implements TaskHolder<Task> {
  readonly lease: Lease;
  /** The node of the lease. */
  readonly node: DispatchNode;
  /** The calls that are sent and not answered. */
  readonly inFlight = new CallsInFlight();
  readonly #office: LeasedWorkerOffice;
  readonly #tasks: Task[] = [];
  #worker: LaunchedWorker | undefined;
  #phase: Phase = "starting";
  /** More tasks are asked for when no more than so many are left. */
  #refillAt = 0;
  #fresh = false;

  constructor(office: LeasedWorkerOffice, lease: Lease, node: DispatchNode) {
    this.#office = office;
    this.lease = lease;
    this.node = node;
  }

  /** Undefined until it is there, and where none comes. */
  get worker(): LaunchedWorker | undefined {
    return this.#worker;
  }

  /** Those that are with it. */
  get tasks(): readonly Task[] {
    return this.#tasks;
  }

  /** Whether its worker has no other task after these. */
  get isFresh(): boolean {
    return this.#fresh;
  }

  /** Whether more tasks may be sent ahead to it. */
  get takesMore(): boolean {
    return this.#phase === "open" && !this.#fresh && this.#worker?.ending === false;
  }

  /** Whether it has room enough to ask for more. */
  get wantsMore(): boolean {
    return this.takesMore && this.#tasks.length <= this.#refillAt;
  }

  /** Whether it has no task, and none can come: its lease is to be given back. */
  get isDone(): boolean {
    return this.#tasks.length === 0 && this.#phase !== "starting";
  }

  get place(): TaskPlace {
    const { node, cpuIds } = this.lease;
    const ranMs = performance.now() - this.inFlight.beganMs;
    return { node, cpuIds, logFile: this.#worker?.logFile ?? null, ranMs };
  }

  /** Takes a task. */
  add(task: Task): void {
    this.#tasks.push(task);
    this.#fresh ||= task.wantsOwnWorker;
    task.enter(this, this.#worker === undefined ? "leased" : "ready");
  }

  /** Takes tasks that are sent ahead. */
  addAhead(taken: readonly Ticket<Task>[]): void {
    for (const { waiter } of taken) this.add(waiter);
    this.#refillAt = this.#tasks.length >> 1;
  }

  /** Hands over a task that waits for the worker to come up, if one of them `suits`; none where a task asks for a worker of its own. */
  giveAway(suits: (task: Task) => boolean): Task | undefined {
    const at = this.#worker === undefined && !this.#fresh ? this.#tasks.findIndex(suits) : -1;
    return at < 0 ? undefined : this.#tasks.splice(at, 1)[0];
  }

  /** The worker is there. */
  opened(worker: LaunchedWorker): void {
    this.#worker = worker;
    this.#phase = "open";
    // A task that is ready may leave at once.
    for (const task of this.#tasks.slice()) task.tell("ready");
  }

  /** No task can be made here: there is no worker, or nothing may begin any more. That is nothing to the tasks. */
  vacated(worker?: LaunchedWorker): void {
    this.#worker = worker;
    this.#phase = worker === undefined ? "dead" : "open";
    for (const task of this.#tasks.slice()) task.tell("elsewhere");
  }

  /** No worker starts with what the tasks ask for. */
  notStarted(error: Error): void {
    this.#phase = "dead";
    for (const task of this.#tasks.slice()) task.tell("not-started", notStartedTask(error, this.place));
  }

  /** Sends the first of those that wait for the worker to be free, if it is. */
  sendHeld(): void {
    if (this.inFlight.size > 0) return;
    const next = this.#tasks.find(({ state }) => state.kind === "called");
    if (next !== undefined) this.#send(next);
  }

  /** Takes back what the worker has not begun, because what it runs takes long. */
  recall(): void {
    if (this.#phase !== "open") return;
    this.#phase = "recalling";
    void this.#worker?.recall().then(() => this.#recalled());
  }

  /** Gives the lease back, and keeps the worker for the next one where it can have other tasks. */
  giveBack(): void {
    this.inFlight.endLimits();
    const isReusable = this.#phase !== "dead" && !this.#fresh;
    this.node.giveBack(this.lease, this.#worker, isReusable);
  }

  // What tasks tell.

  succeeded(task: Task, value: unknown, runMs: number): void {
    if (!this.inFlight.delete(task)) return;
    this.#office.trials.loaded(task, this.node);
    this.#ended(task, "done", runMs);
    task.tell("answered", value, runMs);
  }

  failed(task: Task, failure: CallFailure, runMs: number): void {
    if (!this.inFlight.delete(task)) return;
    this.#ended(task, "failed", runMs);
    const { trials } = this.#office;
    if (failure.kind !== "module-failed") trials.loaded(task, this.node);
    else if (task.isWanted && trials.failed(task, this.node, failure.error)) {
      // The worker remembers that the module can't be loaded.
      this.#fresh = true;
      return task.tell("elsewhere");
    }
    task.tell("failed", failedTask(failure, { ...this.place, ranMs: runMs }), runMs);
  }

  lost(task: Task, death: WorkerDeath, spared: boolean): void {
    if (!this.inFlight.delete(task)) return;
    const { place } = this;
    const { state } = task;
    this.#phase = "dead";
    this.inFlight.endLimits();
    if (spared) task.tell("spared", undefined, place.ranMs);
    else task.tell("lost", lostTask(death, place), place.ranMs);
    // The same attempt is made again elsewhere.
    if (task.state.kind !== "ready" && task.state.kind !== "over") return;
    const isOver = state.kind === "ending" && state.why.kind === "over-memory";
    this.#ended(task, isOver ? "failed" : "lost", place.ranMs);
  }

  returned(task: Task): void {
    if (this.inFlight.delete(task)) task.tell("elsewhere");
  }

  carryOut(task: Task, instruction: WorkerInstruction): void {
    switch (instruction) {
      case "send":
        return this.#send(task);
      case "recall":
        // What is still here after a recall has begun.
        return this.#phase === "slow" ? task.tell("kept") : this.recall();
      case "end":
        if (this.#worker !== undefined) this.inFlight.endCall(task, this.#worker);
        return;
      case "stop":
        return void this.#worker?.stop(0);
      case "leave-worker":
        return this.#leave(task);
      case "abandon-worker":
        this.#phase = "dead";
        this.inFlight.delete(task);
        void this.#worker?.stop(0);
        return this.#leave(task);
      default:
        return instruction satisfies never;
    }
  }

  #send(task: Task): void {
    const worker = this.#worker;
    const busy = this.inFlight.size > 0;
    if (worker?.ending !== false || this.#phase === "dead" || (busy && this.#phase !== "open"))
      return task.tell("elsewhere");
    // A large input can't be taken back once a part of it is on its way: it waits until the worker is free.
    if (busy && task.input.length > worker.credit / 2) return;
    this.inFlight.add(task);
    worker.submit(task);
  }

  /** A call has ended here, and the next one begins. */
  #ended(task: Task, outcome: "done" | "failed" | "lost", runMs: number): void {
    this.#office.reports.ended(task, outcome, runMs);
    if (this.#phase === "slow") this.#phase = "open";
    this.inFlight.ended(this.#phase !== "dead");
  }

  #recalled(): void {
    if (this.#phase === "recalling") this.#phase = this.inFlight.size > 0 ? "slow" : "open";
    this.inFlight.kept();
    this.sendHeld();
  }

  #leave(task: Task): void {
    const at = this.#tasks.indexOf(task);
    if (at < 0) return;
    if (at > 0) this.#tasks.splice(at, 1);
    else this.#tasks.shift();
    this.#office.left(this);
  }
}
