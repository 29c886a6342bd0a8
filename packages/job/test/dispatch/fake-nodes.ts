/** Nodes whose workers are objects: tests say when one starts, what it answers, and how it dies. */
import { PoolCore } from "@hyperion-ts/cpu-pool";
import {
  type Call,
  type LaunchedWorker,
  type LaunchRequest,
  newServiceId,
  type NodeLauncher,
  type WorkerDeath,
} from "@hyperion-ts/launcher";
import { errorToData } from "@hyperion-ts/wire";
import { Dispatcher } from "../../src/dispatch/dispatcher.ts";
import type { TaskCall, TaskOptions, TaskRequest } from "../../src/dispatch/task-launcher.ts";
import { type RunEvent, RunEvents } from "../../src/index.ts";

const KILLED: WorkerDeath = { kind: "killed", signal: "SIGKILL", lastOutput: "" };

/** A worker that has what it is sent, and does nothing by itself. */
export class FakeWorker implements LaunchedWorker {
  readonly serviceId = newServiceId();
  readonly pid = 1;
  readonly logFile = "worker.log";
  readonly node: string;
  readonly cpuIds: readonly number[];
  readonly request: LaunchRequest;
  readonly gone: Promise<WorkerDeath>;
  credit = 1_000_000;
  ending = false;
  /** The calls that it has, in order. */
  readonly calls: Call[] = [];
  /** The functions whose module it has not imported yet. */
  readonly loading = new Set<string>();
  /** What it was told: "recall", "abort: reason", "stop 0". */
  readonly told: string[] = [];
  readonly #gone = Promise.withResolvers<WorkerDeath>();
  #recall: PromiseWithResolvers<void> | undefined;

  constructor(node: string, request: LaunchRequest) {
    this.node = node;
    this.cpuIds = request.cpuIds ?? [];
    this.request = request;
    this.gone = this.#gone.promise;
  }

  /** The first call has an answer. */
  answer(value: unknown, runMs = 1): void {
    this.calls.shift()?.succeeded(value, runMs);
  }

  /** The first call has thrown. */
  fail(message: string): void {
    this.calls.shift()?.failed({ kind: "threw", error: errorToData(new Error(message)) }, 1);
  }

  /** It has begun the first `begun` of its calls, and gives back the others. */
  giveBack(begun: number): void {
    for (const call of this.calls.splice(begun)) call.returned();
    this.#recall?.resolve();
    this.#recall = undefined;
  }

  /** It dies under its first call. */
  die(as: "running" | "struck" = "running", death = KILLED): void {
    this.ending = true;
    this.#gone.resolve(death);
    for (const [i, call] of this.calls.splice(0).entries()) call.lost(death, [as, "next" as const][i] ?? "behind");
    this.#recall?.resolve();
  }

  loads(functionName: string): boolean {
    return this.loading.has(functionName);
  }

  call(): Promise<never> {
    return Promise.reject(new Error("Nobody calls it like that"));
  }

  submit(call: Call): void {
    this.calls.push(call);
  }

  abort(_call: Call, reason: unknown): void {
    this.told.push(`abort: ${reason instanceof Error ? reason.message : String(reason)}`);
  }

  recall(): Promise<void> {
    this.told.push("recall");
    return (this.#recall ??= Promise.withResolvers<void>()).promise;
  }

  async stop(graceMs: number): Promise<void> {
    if (!this.ending) this.told.push(`stop ${graceMs}`);
    await this.gone;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop(0);
  }
}

class FakeLauncher implements NodeLauncher {
  readonly node: string;
  readonly host = {} as NodeLauncher["host"];
  readonly #lost = Promise.withResolvers<string>();
  readonly lost = this.#lost.promise;
  readonly placed = Promise.resolve({ directory: "/", why: null });
  readonly #starts: FakeNodes["starts"];
  readonly #workers: FakeWorker[];

  constructor(node: string, starts: FakeNodes["starts"], workers: FakeWorker[]) {
    this.node = node;
    this.#starts = starts;
    this.#workers = workers;
  }

  async launch(request: LaunchRequest): Promise<LaunchedWorker> {
    const start = Promise.withResolvers<void>();
    this.#starts.push(start);
    await start.promise;
    const worker = new FakeWorker(this.node, request);
    this.#workers.push(worker);
    return worker;
  }

  lose(): void {
    this.#lost.resolve("it is gone");
  }

  async measure(): Promise<undefined> {}

  async [Symbol.asyncDispose](): Promise<void> {}
}

const FN = { name: "f", module: "file:///f.ts" };

/** The ways to make one call: in three steps as remoteEvalM does, or at once as remoteEval does. */
export const WAYS: Readonly<Record<"launch" | "evaluate", (...call: CallByWay) => Promise<unknown>>> = {
  launch: async (dispatcher, request, call) => {
    using worker = await dispatcher.launch(request);
    return await worker.run(call);
  },
  evaluate: (dispatcher, request, call) =>
    new Promise((resolved, rejected) => dispatcher.evaluate(request, call, { resolved, rejected })),
};

type CallByWay = [dispatcher: Dispatcher, request: TaskRequest, call: TaskCall];

/** One call as its caller sees it: what it got. */
export class Caller {
  /** How calls are made from now on. */
  static way: keyof typeof WAYS = "evaluate";
  end: string | undefined;
  readonly #controller = new AbortController();

  /** Makes one call, and gives the worker back. */
  constructor(dispatcher: Dispatcher, options: TaskOptions, { bytes = 1, aborted = false, functionName = FN.name }) {
    const { signal } = this.#controller;
    if (aborted) this.abort();
    const call = { fn: FN, input: new Uint8Array(bytes), attempt: 1 };
    void WAYS[Caller.way](dispatcher, { cpus: 1, options, signal, functionName }, call).then(
      (value) => (this.end = String(value)),
      (error: unknown) => (this.end = error instanceof Error ? `${error.name}: ${error.message}` : String(error)),
    );
  }

  abort(): void {
    this.#controller.abort("aborted");
  }
}

/** A dispatcher over such nodes. */
export class FakeNodes {
  readonly pool = new PoolCore();
  readonly events: RunEvent[] = [];
  readonly dispatcher: Dispatcher;
  /** The starts that are under way. */
  readonly starts: PromiseWithResolvers<void>[] = [];
  /** All workers that have come up. */
  readonly workers: FakeWorker[] = [];
  readonly #launchers = new Map<string, FakeLauncher>();

  constructor(...cpus: readonly number[]) {
    const events = new RunEvents(true);
    events.subscribe(({ event }) => this.events.push(event));
    this.dispatcher = new Dispatcher(this.pool, events);
    for (const [i, count] of cpus.entries()) this.addNode(`n${i + 1}`, count);
  }

  addNode(name: string, cpus: number): void {
    const launcher = new FakeLauncher(name, this.starts, this.workers);
    this.#launchers.set(name, launcher);
    const cpuIds = Array.from({ length: cpus }, (_, i) => i);
    this.dispatcher.addNode(launcher, { name, cpuIds }, { pinTo: null, home: false });
  }

  call(options: TaskOptions = {}, how: ConstructorParameters<typeof Caller>[2] = {}): Caller {
    return new Caller(this.dispatcher, options, how);
  }

  /** A worker for a caller who makes its calls by hand. */
  launch(request: Partial<TaskRequest> = {}) {
    const controller = new AbortController();
    const { signal } = controller;
    const launched = this.dispatcher.launch({ cpus: 1, options: {}, signal, functionName: FN.name, ...request });
    const call: TaskCall = { fn: FN, input: new Uint8Array(1), attempt: 1 };
    return { launched, call, abort: () => controller.abort("late") };
  }

  /** The starts that are under way have come up. */
  async comeUp(): Promise<FakeWorker> {
    for (const start of this.starts.splice(0)) start.resolve();
    await settled();
    const worker = this.workers.at(-1);
    if (worker === undefined) throw new Error("No worker was asked for");
    return worker;
  }

  /** They have failed. */
  async notStarted(error: Error): Promise<void> {
    for (const start of this.starts.splice(0)) start.reject(error);
    await settled();
  }

  async lose(name: string): Promise<void> {
    this.#launchers.get(name)?.lose();
    await settled();
  }

  /** One worker, that knows `fn` for a short function: calls are sent ahead. */
  static async warm(...cpus: readonly number[]): Promise<{ readonly nodes: FakeNodes; readonly worker: FakeWorker }> {
    const nodes = new FakeNodes(...(cpus.length === 0 ? [1] : cpus));
    nodes.call();
    const worker = await nodes.comeUp();
    worker.answer("warm", 0.01);
    await settled();
    return { nodes, worker };
  }

  /** How many CPUs are free. */
  get idle(): number {
    return this.pool.snapshot().nodes.reduce((sum, { cpus }) => sum + cpus.idle, 0);
  }
}

/** All promises that are ready have had their turn. */
export async function settled(): Promise<void> {
  for (let i = 0; i < 50; i += 1) await Promise.resolve();
}
