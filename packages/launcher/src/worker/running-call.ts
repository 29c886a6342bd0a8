/** One call in a worker: input parsed, function run, output checked and encoded; or a failure. */
import { type AnyRemoteFunction, type CallContext, checkOutput, type ExecOptions, type ExecResult, InvalidValueError, parseInput } from "@hyperion-ts/remote";
import { type CallFailure, decodeValue, encodeValue, errorToData, FrameKind } from "@hyperion-ts/wire";
import { CallPrograms } from "./call-programs.ts";
import { type Loaded, ModuleError } from "./function-table.ts";
import type { WorkerConfig } from "./worker-config.ts";

/** Takes the one answer of a call: a result or failure frame's payload. */
export type Answer = (kind: FrameKind, payload: Uint8Array) => void;

export class RunningCall implements CallContext {
  readonly id: number;
  readonly attempt: number;
  readonly begunMs = performance.now();
  readonly #config: WorkerConfig;
  readonly #log: (line: string) => void;
  #answer: Answer | undefined;
  #controller: AbortController | undefined;
  #programs: CallPrograms | undefined;

  constructor(id: number, attempt: number, config: WorkerConfig, log: (line: string) => void) {
    this.id = id;
    this.attempt = attempt;
    this.#config = config;
    this.#log = log;
  }

  get cpus(): CallContext["cpus"] {
    return { count: this.#config.cpuCount, ids: this.#config.cpuIds };
  }

  get gpuIds(): readonly string[] {
    return this.#config.gpuIds;
  }

  get node(): string {
    return this.#config.node;
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    return this.#controller.signal;
  }

  readonly log = (message: string): void => this.#log(message);

  readonly exec = (file: string, args: readonly string[] = [], options: ExecOptions = {}): Promise<ExecResult> => {
    this.#programs ??= new CallPrograms();
    return this.#programs.run(file, args, options, this.signal);
  };

  /** Runs the function; `answer` is called once. What is synchronous stays so: the usual call costs no promise. */
  run(fn: Loaded, input: Buffer, answer: Answer): void {
    this.#answer = answer;
    try {
      const value = decodeValue(input);
      if (fn instanceof Promise) void fn.then((loaded) => this.#evaluate(loaded, value)).then(this.#succeed, this.#threw);
      else {
        const output = this.#evaluate(fn, value);
        if (output instanceof Promise) void output.then(this.#succeed, this.#threw);
        else this.#succeed(output);
      }
    } catch (error) {
      this.#threw(error);
    }
  }

  /** Whether it was asked to end. */
  get aborted(): boolean {
    return this.#controller?.signal.aborted ?? false;
  }

  abort(reason: unknown): void {
    this.#controller ??= new AbortController();
    this.#controller.abort(reason);
  }

  fail(kind: CallFailure["kind"], error: unknown): void {
    const failure: CallFailure = { kind, error: errorToData(error) };
    this.#settle(FrameKind.failure, encodeValue(failure));
  }

  #evaluate(fn: AnyRemoteFunction, value: unknown): unknown {
    const parsed = parseInput(fn, value);
    const run = fn.run as (input: unknown, ctx: CallContext) => unknown;
    const output = isPromise(parsed) ? parsed.then((input) => run(input, this)) : run(parsed, this);
    return isPromise(output) ? Promise.resolve(output).then((value) => checkOutput(fn, value)) : checkOutput(fn, output);
  }

  readonly #succeed = (output: unknown): void => {
    let payload: Uint8Array;
    try {
      payload = encodeValue(output);
    } catch (error) {
      return this.fail("unsendable-output", error);
    }
    this.#settle(FrameKind.result, payload);
  };

  readonly #threw = (error: unknown): void => {
    if (error instanceof InvalidValueError || error instanceof ModuleError) this.fail(error.code, error);
    else this.fail("threw", error);
  };

  #settle(kind: FrameKind, payload: Uint8Array): void {
    const answer = this.#answer;
    this.#answer = undefined;
    this.#programs?.end();
    answer?.(kind, payload);
  }
}

const isPromise = (value: unknown): value is PromiseLike<unknown> => typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
