/**
 * One request for a worker, and the call that is made on it: from the pool's line to a lane, and on from
 * lane to lane if it is taken back before it began. One object for the whole of it: there are very many.
 */
import type { Lease, PoolRequest, Ticket, Waiter } from "@hyperion-ts/cpu-pool";
import type { Call, LostAs, WorkerDeath } from "@hyperion-ts/launcher";
import { checkInput, type AnyRemoteFunction, type RemoteInput, type RemoteOutput } from "@hyperion-ts/remote";
import { type CallFailure, encodeValue } from "@hyperion-ts/wire";
import { type Abortable, abortScope, type AbortScope } from "../abort-scope.ts";
import type { Lane } from "./lane.ts";
import type { ModuleTrials } from "./module-trials.ts";
import { isSpared, type Spareable } from "./spared.ts";
import { failedTask, lostTask, overMemoryTask, timedOutTask } from "./task-failure.ts";
import type { TaskError, TaskPlace } from "./task-error.ts";
import type { TaskCall, TaskRequest, TaskWorker } from "./task-launcher.ts";

/** What a task needs of the dispatcher. */
export interface TaskOffice {
  /** A lease was granted to the task. */
  granted(task: Task, lease: Lease): void;
  /** The task was taken back before it began, and needs another place. */
  rehome(task: Task): void;
  /** The task has left the line. */
  left(task: Task): void;
  /** No node that there is could ever serve the task: it fails, or waits for nodes to come. */
  refused(task: Task, error: Error): void;
  /** Who hears whether its module could be loaded. */
  trials(): ModuleTrials;
  /** The task is over. */
  ended(task: Task, outcome: TaskOutcome): void;
}

/** lost: its worker died under it. unused: it was given back without a call. */
export type TaskOutcome = "done" | "failed" | "lost" | "cancelled" | "unused";

/**
 * waiting: in the pool's line, nothing is promised yet. placed: on a lane. homeless: it was on a lane, its
 * caller has it as a worker, and it is in line again. done: given back.
 */
type Stage = "waiting" | "placed" | "homeless" | "done";

export class Task implements TaskWorker, Waiter, Call, Abortable, Spareable {
  readonly request: TaskRequest;
  readonly functionName: string;
  readonly placed: Promise<Task>;
  ticket: Ticket<Task> | undefined;
  lane: Lane | undefined;
  fn: TaskCall["fn"] = nobody;
  input: Uint8Array = nothing;
  attempt = 0;
  first: boolean;
  missed = 0;
  /** Where its call is; its lane keeps this. held: the worker has to be free first. */
  state: "none" | "held" | "sent" = "none";
  #outcome: TaskOutcome = "unused";
  #stage: Stage = "waiting";
  readonly #office: TaskOffice;
  readonly #scope: AbortScope;
  #abort: { readonly reason: unknown } | undefined;
  #timedOut = false;
  /** What it held of memory, where it is ended for that. */
  #overMb: number | undefined;
  /** Whether it was told that it holds too much. */
  #toldMemory = false;
  #resolvePlaced: ((task: Task) => void) | undefined;
  #rejectPlaced: ((error: unknown) => void) | undefined;
  #resolveRun: ((value: unknown) => void) | undefined;
  #rejectRun: ((error: unknown) => void) | undefined;

  constructor(office: TaskOffice, request: TaskRequest) {
    this.#office = office;
    this.request = request;
    this.functionName = request.functionName ?? "";
    this.first = request.first ?? false;
    this.placed = new Promise((resolve, reject) => {
      this.#resolvePlaced = resolve;
      this.#rejectPlaced = reject;
    });
    this.#scope = abortScope(request.signal);
    this.#scope.add(this);
  }

  /** What it asks the pool for. */
  get poolRequest(): PoolRequest {
    const { cpus, options } = this.request;
    return { cpus, gpus: options.gpus, memoryMb: options.memoryMb, priority: options.priority, node: options.node };
  }

  get node(): string {
    return this.lane?.node.name ?? "";
  }

  get cpuIds(): readonly number[] {
    return this.lane?.lease.cpuIds ?? [];
  }

  /** Where it is, for errors. `ranMs` is the time since its lane's last progress. */
  get place(): TaskPlace {
    const { lane } = this;
    return {
      node: this.node,
      cpuIds: this.cpuIds,
      logFile: lane?.worker?.logFile ?? null,
      ranMs: lane === undefined ? 0 : performance.now() - lane.progressMs,
    };
  }

  async call<F extends AnyRemoteFunction>(fn: F, input: RemoteInput<F>): Promise<RemoteOutput<F>> {
    const encoded = encodeValue(await checkInput(fn, input));
    return (await this.run({ fn, input: encoded, attempt: 1 })) as RemoteOutput<F>;
  }

  run(call: TaskCall): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.#abort !== undefined) throw this.#abort.reason;
      if (this.#stage === "done") throw new Error("This worker has been given back: launch another one");
      this.#resolveRun = resolve;
      this.#rejectRun = reject;
      this.fn = call.fn;
      this.input = call.input;
      this.attempt = call.attempt;
      if (this.#stage === "placed") this.lane?.send(this);
    });
  }

  /** Gives the CPUs back. */
  [Symbol.dispose](): void {
    if (this.#stage === "done") return;
    const { lane } = this;
    this.#leave();
    lane?.finished(this);
  }

  // The pool's side.

  granted(lease: Lease): void {
    this.#office.left(this);
    this.#office.granted(this, lease);
  }

  refused(error: Error): void {
    this.#office.left(this);
    this.#office.refused(this, error);
  }

  // The lane's side.

  /** Its lane has a worker that takes calls. */
  arrived(lane: Lane): void {
    this.lane = lane;
    this.#stage = "placed";
    this.#resolvePlaced?.(this);
    this.#resolvePlaced = undefined;
    if (this.#resolveRun !== undefined) lane.send(this);
  }

  /** Ends it with an error, whatever its caller waits for. */
  fail(error: unknown, outcome: TaskOutcome = "failed"): void {
    const reason = this.#abort === undefined ? error : this.#abort.reason;
    this.#outcome = this.#abort === undefined ? outcome : "cancelled";
    if (this.#resolvePlaced === undefined) this.#rejectRun?.(reason);
    else this.#rejectPlaced?.(reason);
    this.#resolveRun = undefined;
    // A caller who has it as a worker gives it back.
    if (this.#stage !== "placed") this.#leave();
  }

  /** Its lane could not get a worker. */
  notStarted(error: TaskError): void {
    this.#stage = "waiting";
    this.fail(error, "lost");
  }

  timedOut(): void {
    this.#timedOut = true;
  }

  /** Its worker holds so much memory, which is more than its share. Says what is to be done about it. */
  holds(usedMb: number): "nothing" | "tell" | "end" {
    const known = this.#toldMemory;
    this.#toldMemory = true;
    if (this.request.options.memoryLimit !== "end") return known ? "nothing" : "tell";
    this.#overMb ??= usedMb;
    return known ? "nothing" : "end";
  }

  /** Its lane has no use for it any more, and it has not begun: on to another one. */
  evicted(): void {
    const { lane } = this;
    this.lane = undefined;
    this.#stage = "homeless";
    lane?.finished(this);
    this.#office.rehome(this);
  }

  // The worker's side.

  succeeded(value: unknown, runMs: number): void {
    this.#office.trials().loaded(this);
    this.lane?.answered(this, "done", runMs);
    if (this.#timedOut || this.#abort !== undefined) return this.fail(this.#timeLimitError(runMs));
    this.#outcome = "done";
    this.#resolveRun?.(value);
    this.#resolveRun = undefined;
  }

  failed(failure: CallFailure, runMs: number): void {
    this.lane?.answered(this, "failed", runMs);
    if (failure.kind !== "module-failed") this.#office.trials().loaded(this);
    else if (!this.#timedOut && this.#abort === undefined && this.#office.trials().failed(this, failure))
      return this.evicted();
    this.fail(this.#timedOut ? this.#timeLimitError(runMs) : failedTask(failure, { ...this.place, ranMs: runMs }));
  }

  lost(death: WorkerDeath, as: LostAs): void {
    const { place } = this;
    this.lane?.workerLost();
    if (this.#overMb !== undefined && !this.#timedOut) {
      this.lane?.answered(this, "failed", place.ranMs);
      return this.fail(overMemoryTask(this.request.options.memoryMb ?? 0, this.#overMb, place));
    }
    if (isSpared(this, as) && this.#abort === undefined && !this.#timedOut) return this.evicted();
    this.lane?.answered(this, "lost", place.ranMs);
    this.fail(
      this.#timedOut ? this.#timeLimitError(place.ranMs) : lostTask(death, place),
      this.#timedOut ? "failed" : "lost",
    );
  }

  returned(): void {
    if (this.#abort === undefined) this.evicted();
    else this.fail(this.#abort.reason);
  }

  aborted(reason: unknown): void {
    this.#abort = { reason };
    switch (this.#stage) {
      case "waiting":
      case "homeless":
        return this.#withdraw(reason);
      case "placed":
        if (this.state === "sent") this.lane?.abort(this, reason);
        return;
      case "done":
        return;
      default:
        this.#stage satisfies never;
    }
  }

  /** Out of the pool's line, or off a lane whose worker is still being started. */
  #withdraw(reason: unknown): void {
    const { lane } = this;
    if (lane === undefined) {
      this.ticket?.cancel();
      this.#office.left(this);
    }
    this.fail(reason);
    lane?.finished(this);
  }

  #timeLimitError(ranMs: number): Error {
    return timedOutTask(this.request.options.timeLimitMs ?? 0, { ...this.place, ranMs });
  }

  #leave(): void {
    this.#stage = "done";
    this.#scope.delete(this);
    this.#office.ended(this, this.#outcome);
  }
}

const nobody: TaskCall["fn"] = { name: "", module: "" };
const nothing = new Uint8Array(0);
