/**
 * From a request for CPUs to a worker on them: the pool says where and when, a node's launcher starts
 * the worker, and a leased worker is kept fed. (Hyperion.Job: what jobTaskLauncher does)
 */
import type { Lease, PoolCore } from "@hyperion-ts/cpu-pool";
import { type LaunchedWorker, LaunchError, type NodeLauncher } from "@hyperion-ts/launcher";
import type { CallWaitReason, FunctionCounts, RunEvents } from "@hyperion-ts/progress";
import { CallReports } from "./call-reports.ts";
import { DispatchNode, type DispatchNodeOffice, NodeFullError, type NodeTraits } from "./dispatch-node.ts";
import { LeasedWorker, type LeasedWorkerOffice } from "./leased-worker.ts";
import { measureNodes } from "./measure-nodes.ts";
import { ModuleTrials } from "./module-trials.ts";
import { ofFunction } from "./never-fits.ts";
import { OpenTasks } from "./open-tasks.ts";
import { RecallWatch } from "./recall-watch.ts";
import { MAX_WINDOW } from "./run-times.ts";
import { StartingWorkers } from "./starting-workers.ts";
import { noNodeTask, runEndedTask } from "./task-failure.ts";
import type { TaskCall, TaskCaller, TaskLauncher, TaskRequest, TaskWorker } from "./task-launcher.ts";
import { Task } from "./task.ts";
import { WaitingCalls } from "./waiting-calls.ts";
import { hindrancesOf } from "./why-not-placed.ts";
import { atWork, loadingReason } from "./workers-at-work.ts";

/** The launcher of a run's calls, over all of its nodes. */
export class Dispatcher implements TaskLauncher {
  readonly #pool: PoolCore;
  readonly #events: RunEvents;
  readonly #reports: CallReports;
  readonly #trials: ModuleTrials;
  readonly #waiting: WaitingCalls;
  readonly #nodes = new Map<string, DispatchNode>();
  /** The nodes that were lost, or never came, and why. */
  readonly #lost = new Map<string, string>();
  readonly #leased = new Set<LeasedWorker>();
  readonly #starting = new StartingWorkers();
  readonly #watch = new RecallWatch(this.#leased);
  /** All calls that have not ended, for whoever asks. */
  readonly openCalls: OpenTasks;
  readonly #nodeOffice: DispatchNodeOffice;
  readonly #workerOffice: LeasedWorkerOffice;
  #isClosed = false;
  /** Set when no call may begin any more. */
  #drained: PromiseWithResolvers<void> | undefined;

  constructor(pool: PoolCore, events: RunEvents) {
    this.#pool = pool;
    this.#events = events;
    this.#reports = new CallReports(events);
    this.#waiting = new WaitingCalls(pool, {
      granted: (task, lease) => this.#open(task, lease),
      refusal: (task, error) => this.#refusal(task, error),
    });
    this.openCalls = new OpenTasks(this.#leased, this.#waiting, {
      slowest: (most) => this.#reports.slowest.list(most),
      measure: () => measureNodes(this.#nodes.values(), this.#leased),
      hindrances: () => hindrancesOf(this.#pool, this.#nodes),
    });
    this.#trials = new ModuleTrials(pool, events, {
      expectsNodes: () => this.#waiting.nodesExpected,
      leaveOut: (node, reason) => this.#removeNode(node, reason, "node-left-out"),
    });
    this.#nodeOffice = {
      events,
      limited: (node, workers) => this.#limit(node, workers),
      overMemory: (worker, usedMb) => this.#overMemory(worker, usedMb),
      giveUp: (node, reason) => this.#removeNode(node, reason),
    };
    this.#workerOffice = { reports: this.#reports, trials: this.#trials, left: (leased) => this.#left(leased) };
  }

  /** Uses a node from now on, until it is lost. */
  addNode(launcher: NodeLauncher, node: Parameters<PoolCore["addNode"]>[0], traits: NodeTraits): void {
    this.#nodes.set(launcher.node, new DispatchNode(launcher, traits, this.#nodeOffice));
    void launcher.lost.then((reason) => this.#removeNode(launcher.node, reason));
    this.#pool.addNode(node);
    this.#waiting.tryUnserved();
  }

  /** A node will not come: calls that ask for it by its name are told why. */
  leftOut(node: string, reason: string): void {
    this.#lost.set(node, reason);
  }

  /** Until `coming` settles more nodes may be added: what no node could serve so far waits for them. */
  async expect<A>(coming: Promise<A>): Promise<A> {
    this.#waiting.expectNodes(true);
    try {
      return await coming;
    } finally {
      this.#waiting.expectNodes(false);
      this.#trials.resumeAll();
      this.#waiting.tryUnserved();
    }
  }

  /** Waits for a worker. Its promise rejects as `TaskLauncher` says. */
  launch(request: TaskRequest): Promise<TaskWorker> {
    const task = new Task(this.#waiting, this.#reports.counts, request);
    const launched = task.launched();
    this.#begin(task, "launched");
    return launched;
  }

  /** As `TaskLauncher` says. */
  evaluate(request: TaskRequest, call: TaskCall, caller: TaskCaller): void {
    const task = new Task(this.#waiting, this.#reports.counts, request);
    task.isFor(call, caller);
    this.#begin(task, "called");
  }

  /** How many calls of each function wait, run and are done. */
  counts(): FunctionCounts[] {
    return this.#reports.counts.snapshot(atWork(this.#leased));
  }

  /** What the first of the waiting calls waits for; null where none waits. */
  whyWaiting(): CallWaitReason | null {
    const { node } = this.#starting;
    const why = loadingReason(this.#leased) ?? this.#waiting.whyWaiting();
    return why ?? (node === undefined ? null : { kind: "worker-starting", node });
  }

  /** Lets no call begin any more: those that have not begun wait until they are aborted. Resolves when none runs. */
  drain(): Promise<void> {
    const drained = (this.#drained ??= Promise.withResolvers());
    this.#waiting.withhold();
    for (const leased of this.#leased) leased.recall();
    this.#noticeDrained();
    return drained.promise;
  }

  /** The run is over: what still waits fails, and so does what still runs, as soon as its node is gone. */
  close(): void {
    this.#isClosed = true;
    this.#waiting.expectNodes(false);
    this.#watch.end();
    this.#waiting.tryUnserved();
  }

  #begin(task: Task, how: "launched" | "called"): void {
    const { signal, tally } = task.request;
    this.#reports.counts.launched(task.functionName, tally);
    if (signal.aborted) task.aborted();
    else if (this.#isClosed) task.tell("refused", runEndedTask());
    else task.tell(how);
  }

  #open(task: Task, lease: Lease): void {
    const node = this.#nodes.get(lease.node);
    if (node === undefined)
      throw new Error(`The pool leased CPUs of ${lease.node}, which the dispatcher does not know`);
    const leased = new LeasedWorker(this.#workerOffice, lease, node);
    this.#leased.add(leased);
    leased.add(task);
    const worker = node.acquire(lease, leased.isFresh || task.first);
    if (!(worker instanceof Promise)) return this.#opened(leased, worker);
    this.#starting.add(leased);
    worker
      .finally(() => this.#starting.delete(leased))
      .then(
        (started) => this.#opened(leased, started),
        (error: unknown) => this.#notOpened(leased, error),
      );
  }

  #opened(leased: LeasedWorker, worker: LaunchedWorker): void {
    if (this.#drained === undefined) leased.opened(worker);
    else leased.vacated(worker);
    // Its tasks may have gone elsewhere meanwhile.
    this.#refill(leased);
    this.#closeIfDone(leased);
  }

  /** That the node has no room for another worker now, or starts none, is nothing to the tasks. */
  #notOpened(leased: LeasedWorker, error: unknown): void {
    if (error instanceof NodeFullError || error instanceof LaunchError) leased.vacated();
    else leased.notStarted(error instanceof Error ? error : new Error(String(error)));
    this.#closeIfDone(leased);
  }

  /** A task has left a worker. */
  #left(leased: LeasedWorker): void {
    if (leased.wantsMore) this.#refill(leased);
    leased.sendHeld();
    this.#closeIfDone(leased);
  }

  #refill(leased: LeasedWorker): void {
    if (this.#drained !== undefined || !leased.takesMore || !this.#leased.has(leased)) return;
    this.#sendAhead(leased);
    this.#starting.relieve(leased);
  }

  /** Lends a worker of short calls the next ones in line. */
  #sendAhead(leased: LeasedWorker): void {
    if (this.#waiting.size === 0) return;
    const share = Math.ceil(this.#waiting.size / this.#leased.size);
    let size = leased.tasks.length;
    const fits = (task: Task): boolean => size++ < this.#reports.window(task);
    const taken = this.#waiting.takeAhead(leased.lease, Math.min(share, MAX_WINDOW - size), fits);
    if (taken.length === 0) return;
    leased.addAhead(taken);
    this.#watch.begin();
  }

  #closeIfDone(leased: LeasedWorker): void {
    if (!leased.isDone || !this.#leased.delete(leased)) return;
    this.#noticeDrained();
    leased.giveBack();
  }

  #refusal(task: Task, error: Error): Error {
    if (this.#isClosed) return runEndedTask();
    const allLost = this.#nodes.size === 0 && this.#lost.size > 0;
    return allLost
      ? noNodeTask(this.#lost, error)
      : ofFunction(task.functionName, error, this.#nodes.keys(), this.#lost);
  }

  #overMemory(worker: LaunchedWorker, usedMb: number): void {
    const leased = [...this.#leased].find((leased) => leased.worker === worker);
    leased?.inFlight.overMemory(usedMb, this.#reports);
  }

  #limit(node: DispatchNode, workers: number): boolean {
    if (this.#nodes.get(node.name) !== node) return false;
    this.#pool.limitLeases(node.name, workers);
    return true;
  }

  #noticeDrained(): void {
    if (this.#leased.size === 0) this.#drained?.resolve();
  }

  #removeNode(name: string, reason: string, type: "node-lost" | "node-left-out" = "node-lost"): void {
    if (!this.#nodes.delete(name)) return;
    this.#lost.set(name, reason);
    this.#events.emit({ type, node: name, reason });
    this.#pool.removeNode(name, reason);
    this.#trials.resumeAll();
  }
}
