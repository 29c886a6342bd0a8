/**
 * From a request for CPUs to a worker on them: the pool says where and when, a node's launcher starts
 * the worker, and a lane keeps it fed. (Hyperion.Job: what jobTaskLauncher does)
 */
import type { Lease, PoolCore, Waiter } from "@hyperion-ts/cpu-pool";
import { ofFunction } from "./never-fits.ts";
import { describeDeath, LaunchError, type LaunchedWorker, type NodeLauncher } from "@hyperion-ts/launcher";
import type { CallWaitReason, FunctionCounts, RunEvents } from "@hyperion-ts/progress";
import { CallCounts } from "./call-counts.ts";
import { DispatchNode, NodeFullError, type NodeTraits } from "./dispatch-node.ts";
import { Lane, wantsOwnWorker } from "./lane.ts";
import { ModuleTrials } from "./module-trials.ts";
import { RecallWatch } from "./recall-watch.ts";
import { MAX_WINDOW, RunTimes } from "./run-times.ts";
import { StartingLanes } from "./starting-lanes.ts";
import { noNodeTask, runEndedTask } from "./task-failure.ts";
import { Task, type TaskOutcome } from "./task.ts";
import type { TaskLauncher, TaskRequest, TaskWorker } from "./task-launcher.ts";

export class Dispatcher implements TaskLauncher {
  readonly #pool: PoolCore;
  readonly #events: RunEvents;
  readonly #nodes = new Map<string, DispatchNode>();
  /** The nodes that were lost, and why. */
  readonly #lost = new Map<string, string>();
  readonly #lanes = new Set<Lane>();
  readonly #starting = new StartingLanes();
  readonly #runTimes = new RunTimes();
  readonly #counts = new CallCounts();
  /** How many tasks wait in the pool's line. */
  #inLine = 0;
  /** Tasks that no node could serve, while there may still come nodes. */
  readonly #unserved = new Set<Task>();
  #nodesExpected = false;
  #isClosed = false;
  readonly #trials: ModuleTrials;
  /** Set when no call may begin any more. */
  #drained: PromiseWithResolvers<void> | undefined;
  readonly #watch = new RecallWatch(this.#lanes);

  constructor(pool: PoolCore, events: RunEvents) {
    this.#pool = pool;
    this.#events = events;
    this.#trials = new ModuleTrials(pool, events, {
      expectsNodes: () => this.#nodesExpected,
      leaveOut: (node, reason) => this.#removeNode(node, reason, "node-left-out"),
    });
  }

  /** Uses a node from now on, until it is lost. */
  addNode(launcher: NodeLauncher, node: Parameters<PoolCore["addNode"]>[0], traits: NodeTraits): void {
    this.#nodes.set(launcher.node, new DispatchNode(launcher, traits, this.#hooks));
    void launcher.lost.then((reason) => this.#removeNode(launcher.node, reason));
    this.#pool.addNode(node);
    this.#tryUnserved();
  }

  /** Until `coming` settles more nodes may be added: what no node could serve so far waits for them. */
  async expect<A>(coming: Promise<A>): Promise<A> {
    this.#nodesExpected = true;
    try {
      return await coming;
    } finally {
      this.#nodesExpected = false;
      this.#trials.resumeAll();
      this.#tryUnserved();
    }
  }

  launch(request: TaskRequest): Promise<TaskWorker> {
    const task = new Task(this.#taskOffice, request);
    this.#counts.launched(task.functionName, request.tally);
    if (request.signal.aborted) task.aborted(request.signal.reason);
    else if (this.#isClosed) task.fail(runEndedTask());
    else this.#enqueue(task);
    return task.placed;
  }

  /** How many calls of each function wait, run and are done. */
  counts(): FunctionCounts[] {
    return this.#counts.snapshot([...this.#lanes].flatMap((lane) => lane.running?.functionName ?? []));
  }

  /** What the first of the waiting calls waits for; null where none waits. */
  whyWaiting(): CallWaitReason | null {
    const why = this.#pool.front()?.whyWaiting();
    if (why !== undefined) return why;
    if (this.#drained !== undefined && this.#inLine > 0) return { kind: "ending" };
    if (this.#unserved.size > 0) return { kind: "nodes-connecting" };
    const { node } = this.#starting;
    return node === undefined ? null : { kind: "worker-starting", node };
  }

  /** Lets no call begin any more: those that have not begun wait until they are aborted. Resolves when none runs. */
  drain(): Promise<void> {
    const drained = (this.#drained ??= Promise.withResolvers());
    for (const lane of this.#lanes) lane.recall();
    this.#noticeDrained();
    return drained.promise;
  }

  /** The run is over: what still waits fails, and so does what still runs, as soon as its node is gone. */
  close(): void {
    this.#isClosed = true;
    this.#watch.end();
  }

  readonly #hooks: ConstructorParameters<typeof DispatchNode>[2] = {
    started: ({ node, serviceId, pid, cpuIds, logFile }) =>
      this.#events.emit({ type: "worker-started", node, serviceId, pid, cpuIds, logFile }),
    ended: ({ node, serviceId }, death) =>
      this.#events.emit({
        type: "worker-ended",
        node,
        serviceId,
        how: describeDeath(death),
        ...("blame" in death ? { blame: death.blame } : {}),
      }),
    overMemory: (worker, usedMb) => this.#overMemory(worker, usedMb),
    limited: (node, workers) => {
      if (this.#nodes.get(node.name) !== node) return false;
      this.#pool.limitLeases(node.name, workers);
      return true;
    },
    toldLimit: (node, workers, reason) => this.#events.emit({ type: "node-limited", node: node.name, workers, reason }),
    notStarted: (node, error, giveUp) => {
      this.#events.emit({ type: "worker-not-started", node: node.name, reason: error.message });
      if (giveUp) this.#removeNode(node.name, `its workers do not start: ${error.message}`);
    },
  };

  readonly #taskOffice = {
    granted: (task: Task, lease: Lease): void => this.#open(task, lease),
    rehome: (task: Task): void => {
      if (task.ticket?.state !== "taken" || this.#drained !== undefined) return this.#enqueue(task);
      this.#inLine += 1;
      this.#pool.putBack([task.ticket]);
    },
    left: (task: Task): void => {
      this.#inLine -= 1;
      this.#unserved.delete(task);
    },
    refused: (task: Task, error: Error): void => {
      if (this.#isClosed) return task.fail(runEndedTask());
      if (!this.#nodesExpected)
        return task.fail(
          this.#nodes.size === 0 && this.#lost.size > 0
            ? noNodeTask(this.#lost, error)
            : ofFunction(task.functionName, error),
        );
      this.#inLine += 1;
      this.#unserved.add(task);
    },
    trials: (): ModuleTrials => this.#trials,
    ended: (task: Task, outcome: TaskOutcome): void =>
      this.#counts.ended(task.functionName, outcome, task.request.tally),
  };

  readonly #laneOffice = {
    answered: (task: Task, outcome: "done" | "failed" | "lost", runMs: number): void => {
      if (outcome !== "lost") this.#runTimes.add(task.functionName, runMs);
      if (this.#events.tracing)
        this.#events.emit({
          type: "call-ended",
          functionName: task.functionName,
          node: task.node,
          attempt: task.attempt,
          outcome,
          runMs,
        });
    },
    refill: (lane: Lane): void => this.#refill(lane),
    closed: (lane: Lane): void => this.#closed(lane),
  };

  #enqueue(task: Task): void {
    this.#inLine += 1;
    if (this.#drained === undefined) task.ticket = this.#pool.enqueue(task.poolRequest, task);
  }

  #open(task: Task, lease: Lease): void {
    if (this.#drained !== undefined) {
      // It was in the pool's line, and waits outside of it from now on.
      this.#inLine += 1;
      return lease.release();
    }
    const node = this.#nodes.get(lease.node);
    if (node === undefined)
      throw new Error(`The pool leased CPUs of ${lease.node}, which the dispatcher does not know`);
    const lane = new Lane(this.#laneOffice, lease, node);
    this.#lanes.add(lane);
    lane.add(task);
    const worker = node.acquire(lease, lane.fresh || task.first);
    if (!(worker instanceof Promise)) return this.#opened(lane, worker);
    this.#starting.add(lane);
    worker
      .finally(() => this.#starting.delete(lane))
      .then(
        (started) => this.#opened(lane, started),
        (error: unknown) =>
          error instanceof NodeFullError || error instanceof LaunchError
            ? lane.postponed()
            : lane.failed(error instanceof Error ? error : new Error(String(error))),
      );
  }

  #opened(lane: Lane, worker: Awaited<ReturnType<DispatchNode["acquire"]>>): void {
    if (this.#drained === undefined) lane.opened(worker);
    else lane.vacated(worker);
    if (this.#lanes.has(lane)) this.#refill(lane);
  }

  #refill(lane: Lane): void {
    this.#sendAhead(lane);
    if (this.#drained === undefined) this.#starting.relieve(lane);
  }

  /** Lends a lane of short calls the next ones in line. */
  #sendAhead(lane: Lane): void {
    if (this.#inLine === 0 || this.#drained !== undefined) return;
    const share = Math.ceil(this.#inLine / this.#lanes.size);
    let size = lane.size;
    const fits = (waiter: Waiter): waiter is Task => waiter instanceof Task && size++ < this.#window(waiter);
    const taken = this.#pool.takeAhead(lane.lease, Math.min(share, MAX_WINDOW - size), fits);
    if (taken.length === 0) return;
    this.#inLine -= taken.length;
    for (const { waiter } of taken) lane.add(waiter);
    lane.refillAt = lane.size >> 1;
    this.#watch.begin();
  }

  /** How many tasks a worker may hold when this is one of them. */
  #window({ functionName, request, first }: Task): number {
    const { ahead = true, options } = request;
    return ahead && !first && !wantsOwnWorker(options) ? this.#runTimes.window(functionName) : 0;
  }

  #closed(lane: Lane): void {
    if (!this.#lanes.delete(lane)) return;
    this.#noticeDrained();
    const { worker, lease } = lane;
    if (worker === undefined) return lane.node.giveBack(lease);
    if (lane.workerUsable && !lane.fresh) {
      lane.node.keep(worker, lease);
      return lease.release();
    }
    // The CPUs are free when the process is gone.
    void worker.stop(0).then(() => lease.release());
  }

  /** Says so, once for each call, and ends it where that is wanted. */
  #overMemory(worker: LaunchedWorker, usedMb: number): void {
    const task = [...this.#lanes].find((lane) => lane.worker === worker)?.running;
    const what = task?.holds(usedMb) ?? "nothing";
    if (task === undefined || what === "nothing") return;
    const { functionName, node, attempt, request } = task;
    this.#events.emit({
      type: "call-over-memory",
      functionName,
      node,
      attempt,
      usedMb,
      memoryMb: request.options.memoryMb ?? 0,
      ends: what === "end",
    });
    if (what === "end") void worker.stop(0);
  }

  #tryUnserved(): void {
    const tasks = [...this.#unserved];
    this.#unserved.clear();
    for (const task of tasks) {
      this.#inLine -= 1;
      this.#enqueue(task);
    }
  }

  #noticeDrained(): void {
    if (this.#lanes.size === 0) this.#drained?.resolve();
  }

  #removeNode(name: string, reason: string, type: "node-lost" | "node-left-out" = "node-lost"): void {
    if (!this.#nodes.delete(name)) return;
    this.#lost.set(name, reason);
    this.#events.emit({ type, node: name, reason });
    this.#pool.removeNode(name, reason);
    this.#trials.resumeAll();
  }
}
