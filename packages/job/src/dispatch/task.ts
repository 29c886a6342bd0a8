/**
 * One request for a worker, and the calls that are made on it. A task knows in which state it is (call-state.ts) and where: in line,
 * or with a worker. It hears from all around it, and does what its state says. One object for the whole of it: there are very many.
 */
import type { Lease, Ticket, Waiter } from "@hyperion-ts/cpu-pool";
import type { Call, LostAs, WorkerDeath } from "@hyperion-ts/launcher";
import { checkInput, type AnyRemoteFunction, type RemoteInput, type RemoteOutput } from "@hyperion-ts/remote";
import { type CallFailure, encodeValue } from "@hyperion-ts/wire";
import { type Abortable, abortScope, type AbortScope } from "../abort-scope.ts";
import type { CallCounts } from "./call-counts.ts";
import type { CallEvent, CallState, Instruction, TaskOutcome } from "./call-state.ts";
import { nextStep } from "./call-steps.ts";
import { type CallPast, FIRST_PAST, NO_PAST, sparedPast } from "./spared.ts";
import { cancelledTask, endedTask, failureOf, NOWHERE } from "./task-failure.ts";
import type { TaskHolder, TaskLine } from "./task-holder.ts";
import type { TaskCall, TaskCaller, TaskRequest, TaskWorker } from "./task-launcher.ts";

/** A call that somebody wants, from its launch until its CPUs are given back. Its caller has it as a worker. */
export class Task implements TaskWorker, Waiter, Call, Abortable {
  /** What was asked for. */
  readonly request: TaskRequest;
  /** Empty where its caller has not said which function it will call. */
  readonly functionName: string;
  /** Names it among all of its run. */
  readonly number: number;
  /** When it was wanted, on performance.now()'s clock. */
  readonly wantedMs = performance.now();
  /** Its place in the pool's line, to which it can be put back; kept by its line. */
  ticket: Ticket<Task> | undefined;
  // Of the call that is, or was last, made on it.
  fn: TaskCall["fn"] = NOBODY;
  input: Uint8Array = NOTHING;
  attempt = 0;
  readonly #line: TaskLine<Task>;
  readonly #counts: CallCounts;
  readonly #scope: AbortScope;
  #holder: TaskHolder<Task> | undefined;
  #state: CallState = NEW;
  #past: CallPast;
  /** Who waits: for its worker, or for the answer of a call. */
  #caller: TaskCaller | undefined;
  /** Whether it is for one call, with which it is over. */
  #isForOneCall = false;
  /** What it fails with, where a person has ended it. */
  #cancelled: Error | undefined;

  constructor(line: TaskLine<Task>, counts: CallCounts, request: TaskRequest) {
    this.#line = line;
    this.#counts = counts;
    this.request = request;
    this.functionName = request.functionName ?? "";
    this.number = counts.nextNumber();
    this.#past = request.first === true ? FIRST_PAST : NO_PAST;
    this.#scope = abortScope(request.signal);
    this.#scope.add(this);
  }

  /** Where it stands. */
  get state(): CallState {
    return this.#state;
  }

  /** The node that it is on; empty while it is on none. */
  get node(): string {
    return this.#holder?.lease.node ?? "";
  }

  get cpuIds(): readonly number[] {
    return this.#holder?.lease.cpuIds ?? [];
  }

  /** Whether nobody has asked its call, which is sent, to end. */
  get isWanted(): boolean {
    return this.#state.kind === "ahead" || this.#state.kind === "running";
  }

  /** Whether its call has to be the first in its worker. */
  get first(): boolean {
    return this.#past.first;
  }

  /** Whether it has its worker for itself: also where its memory is limited, so that it is not ended for what an earlier call has left there. */
  get wantsOwnWorker(): boolean {
    const { freshWorker, memoryLimit } = this.request.options;
    return freshWorker === true || memoryLimit === "end";
  }

  /** Whether it may be sent to a worker that is busy with short calls. */
  get mayBeAhead(): boolean {
    return this.request.ahead !== false && !this.first && !this.wantsOwnWorker;
  }

  /** Why its call is asked to end: what the function's signal aborts with. */
  get endReason(): unknown {
    return this.#whyEnded(this.#state, this.#holder?.place.ranMs ?? 0);
  }

  /** Resolves with the task as a worker, when it has one. To be called once, before it is told of anything. */
  launched(): Promise<TaskWorker> {
    return new Promise((resolve, rejected) => (this.#caller = { resolved: () => resolve(this), rejected }));
  }

  /** It is for this one call, and gives its CPUs back with the end of that. To be called once, before it is told of anything. */
  isFor({ fn, input, attempt }: TaskCall, caller: TaskCaller): void {
    this.#isForOneCall = true;
    this.#caller = caller;
    this.fn = fn;
    this.input = input;
    this.attempt = attempt;
  }

  async call<F extends AnyRemoteFunction>(fn: F, input: RemoteInput<F>): Promise<RemoteOutput<F>> {
    return (await this.run({ fn, input: encodeValue(await checkInput(fn, input)), attempt: 1 })) as RemoteOutput<F>;
  }

  run(call: TaskCall): Promise<unknown> {
    return new Promise((resolved, rejected) => {
      if (this.request.signal.aborted) throw this.request.signal.reason;
      if (this.#cancelled !== undefined) throw this.#cancelled;
      if (this.#state.kind === "over") throw new Error("This worker has been given back: launch another one");
      if (this.#caller !== undefined)
        throw new Error("This worker is busy with a call: await it first, or launch another worker");
      this.#caller = { resolved, rejected };
      this.fn = call.fn;
      this.input = call.input;
      this.attempt = call.attempt;
      this.tell("called");
    });
  }

  /** Gives the CPUs back. */
  [Symbol.dispose](): void {
    this.tell("given-back");
  }

  /** Its caller's signal has aborted. */
  aborted(): void {
    this.tell("aborted");
  }

  /** A person ends it. */
  cancel(): void {
    this.#cancelled = cancelledTask(this.#holder?.place ?? NOWHERE);
    this.tell("aborted");
  }

  // What the pool and its worker tell it. What comes when it has left its worker is the end of a call that nobody waits for.

  granted(lease: Lease): void {
    this.#line.granted(this, lease);
  }

  refused(error: Error): void {
    this.#line.refused(this, error);
  }

  succeeded(value: unknown, runMs: number): void {
    this.#holder?.succeeded(this, value, runMs);
  }

  failed(failure: CallFailure, runMs: number): void {
    this.#holder?.failed(this, failure, runMs);
  }

  lost(death: WorkerDeath, as: LostAs): void {
    const past = sparedPast(this.#past, as);
    this.#past = past ?? this.#past;
    this.#holder?.lost(this, death, past !== null);
  }

  returned(): void {
    this.#holder?.returned(this);
  }

  // For whoever has it: its line, or its holder.

  /** It is with `holder` from now on, which has a worker, or has not yet. */
  enter(holder: TaskHolder<Task>, event: "ready" | "leased"): void {
    this.#holder = holder;
    this.tell(event);
  }

  /** Something has happened to it. `detail` is the answer, or the error to fail with, of a call that took `ranMs`. */
  tell(event: CallEvent, detail?: unknown, ranMs = 0): void {
    const before = this.#state;
    const { state, instructions } = nextStep(before, event);
    this.#state = state;
    if (state.kind === "over" && before.kind !== "over") this.#over(state.outcome);
    // By hand, on the way of every call: an iterator for each event is dear.
    for (let i = 0; i < instructions.length; i += 1) this.#carryOut(instructions[i], before, detail, ranMs);
    // One that is for one call has a worker and is not called only when that call has ended.
    if (this.#isForOneCall && state.kind === "ready") this.tell("given-back");
  }

  #carryOut(instruction: Instruction | undefined, before: CallState, detail: unknown, ranMs: number): void {
    switch (instruction) {
      case "join-line":
      case "leave-line":
        this.#holder = undefined;
        return this.#line.carryOut(this, instruction);
      case "send":
      case "recall":
      case "end":
      case "stop":
      case "leave-worker":
      case "abandon-worker":
        return this.#holder?.carryOut(this, instruction);
      case "hand-over":
        return this.#waited()?.resolved(this);
      case "resolve":
        return this.#waited()?.resolved(detail);
      case undefined:
        return;
      default:
        return this.#waited()?.rejected(failureOf(instruction, detail, () => this.#whyEnded(before, ranMs)));
    }
  }

  /** Who has waited up to now. */
  #waited(): TaskCaller | undefined {
    const caller = this.#caller;
    this.#caller = undefined;
    return caller;
  }

  #whyEnded(state: CallState, ranMs: number): unknown {
    const { signal, options } = this.request;
    if (state.kind !== "ending" || state.why.kind === "aborted") return this.#cancelled ?? signal.reason;
    return endedTask(state.why, options, { ...(this.#holder?.place ?? NOWHERE), ranMs });
  }

  #over(outcome: TaskOutcome): void {
    this.#scope.delete(this);
    const counted = outcome === "lost" && this.request.last === true ? "failed" : outcome;
    this.#counts.ended(this.functionName, counted, this.request.tally);
  }
}

const NEW: CallState = { kind: "new" };
const NOBODY: TaskCall["fn"] = { name: "", module: "" };
const NOTHING = new Uint8Array(0);
