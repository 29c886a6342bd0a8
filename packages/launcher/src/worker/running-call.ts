/** One call in a worker: input parsed, function run, output checked and encoded; or a failure. */
import { after, type AnyRemoteFunction, type CallContext, evaluate, evaluationFailure } from "@hyperion-ts/remote";
import { type CallFailure, decodeValue, encodeValue, errorToData, FrameKind } from "@hyperion-ts/wire";
import { CallPrograms } from "./call-programs.ts";
import { UnsureCodeError } from "./function-files.ts";
import type { Loaded } from "./function-table.ts";
import { ModuleError } from "./why-not-loaded.ts";
import type { WorkerConfig } from "@hyperion-ts/wire";

/** Inputs up to this size, in bytes, are kept for messages about what the call leaves behind. */
const MAX_KEPT_INPUT = 1_024;

/** What a call needs of its worker. */
export interface CallOffice {
  /** What the worker is. */
  readonly config: WorkerConfig;
  /** Writes a line to the log, as a part of the call that runs. */
  log(line: string): void;
  /** Takes the one answer of a call: a result or failure frame's payload. */
  answered(call: RunningCall, kind: FrameKind, payload: Uint8Array): void;
  /** Our own code has failed, or what was loaded is not known, and it is not the call's fault: it has no answer. */
  broken(error: unknown): void;
}

/** One call, and the context that its function gets. */
export class RunningCall implements CallContext {
  /** The id that its answer bears. */
  readonly id: number;
  /** The name of the remote function. */
  readonly functionName: string;
  /** The encoded input; undefined where it is large. */
  readonly input: Buffer | undefined;
  readonly attempt: number;
  /** When it began, by performance.now(). */
  readonly begunMs = performance.now();
  readonly #office: CallOffice;
  #settled = false;
  #evaluates = false;
  #controller: AbortController | undefined;
  #programs: CallPrograms | undefined;

  constructor(
    office: CallOffice,
    {
      id,
      functionName,
      attempt,
      input,
    }: Pick<RunningCall, "id" | "functionName" | "attempt"> & { readonly input: Buffer },
  ) {
    this.#office = office;
    this.id = id;
    this.functionName = functionName;
    this.attempt = attempt;
    this.input = input.length <= MAX_KEPT_INPUT ? input : undefined;
  }

  get cpus(): CallContext["cpus"] {
    const { cpuCount, cpuIds } = this.#office.config;
    return { count: cpuCount, ids: cpuIds };
  }

  get gpuIds(): readonly string[] {
    return this.#office.config.gpuIds;
  }

  get node(): string {
    return this.#office.config.node;
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    return this.#controller.signal;
  }

  // Made where they are used: most calls use neither.
  get log(): CallContext["log"] {
    return (message) => this.#office.log(message);
  }

  get exec(): CallContext["exec"] {
    return (file, args = [], options = {}) => {
      this.#programs ??= new CallPrograms();
      return this.#programs.run(file, args, options, this.signal);
    };
  }

  /**
   * Runs the function; the call is answered once. What is synchronous stays so: the usual call costs no promise.
   *
   * @throws Error where our own code fails
   */
  run(fn: Loaded, input: Buffer): void {
    const value = decodeValue(input);
    let output: unknown;
    try {
      output = fn instanceof Promise ? after(fn, (loaded) => this.#evaluate(loaded, value)) : this.#evaluate(fn, value);
    } catch (error) {
      return this.#threw(error);
    }
    if (!(output instanceof Promise)) return this.#succeed(output);
    void after(
      output,
      (value) => this.#succeed(value),
      (error) => this.#threw(error),
    );
  }

  /** Whether its function was called: before that, its module is imported. */
  get evaluates(): boolean {
    return this.#evaluates;
  }

  /** Whether it was asked to end. */
  get aborted(): boolean {
    return this.#controller?.signal.aborted ?? false;
  }

  /** Asks the function to end early: aborts its signal. */
  abort(reason: unknown): void {
    this.#controller ??= new AbortController();
    this.#controller.abort(reason);
  }

  /** Answers the call with a failure, unless it was answered. */
  fail(kind: CallFailure["kind"], error: unknown): void {
    try {
      const failure: CallFailure = { kind, error: errorToData(error) };
      this.#settle(FrameKind.failure, encodeValue(failure));
    } catch (broken) {
      this.#office.broken(broken);
    }
  }

  /** Lets the call have no answer. */
  silence(): void {
    this.#settled = true;
  }

  #evaluate(fn: AnyRemoteFunction, value: unknown): unknown {
    this.#evaluates = true;
    return evaluate(fn, value, this);
  }

  #succeed(output: unknown): void {
    let payload: Uint8Array;
    try {
      payload = encodeValue(output);
    } catch (error) {
      return this.fail("unsendable-output", error);
    }
    try {
      this.#settle(FrameKind.result, payload);
    } catch (error) {
      this.#office.broken(error);
    }
  }

  #threw(error: unknown): void {
    if (error instanceof UnsureCodeError) this.#office.broken(error);
    else this.fail(error instanceof ModuleError ? error.code : evaluationFailure(error), error);
  }

  #settle(kind: FrameKind, payload: Uint8Array): void {
    if (this.#settled) return;
    this.#settled = true;
    this.#programs?.end();
    this.#office.answered(this, kind, payload);
  }
}
