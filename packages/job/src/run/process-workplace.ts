/** This very process as a workplace: for tests and debuggers. Values are encoded and decoded as if they travelled. */
import { availableParallelism, hostname } from "node:os";
import { CpuPool, type Lease } from "@hyperion-ts/cpu-pool";
import {
  type AnyRemoteFunction,
  type CallContext,
  checkInput,
  evaluate,
  evaluationFailure,
  findRemote,
  type RemoteInput,
  type RemoteOutput,
} from "@hyperion-ts/remote";
import type { CallWaitReason } from "@hyperion-ts/progress";
import { type CallFailure, decodeValue, encodeValue, errorToData } from "@hyperion-ts/wire";
import { CallCounts } from "../dispatch/call-counts.ts";
import type { TaskOutcome } from "../dispatch/call-state.ts";
import { ofFunction } from "../dispatch/never-fits.ts";
import { failedTask } from "../dispatch/task-failure.ts";
import type { TaskCall, TaskLauncher, TaskRequest, TaskWorker } from "../dispatch/task-launcher.ts";
import { type ProcessCall, ProcessCalls } from "./process-calls.ts";
import type { Workplace } from "./workplace.ts";

/** A workplace that runs functions in this process; `cpus` is how many calls it makes at a time. Default: as many as there are. */
export async function openProcessWorkplace(cpus = availableParallelism()): Promise<Workplace> {
  const home = hostname();
  const pool = new CpuPool({ nodes: [{ name: home, cpuIds: Array.from({ length: cpus }, (_, i) => i) }] });
  const counts = new CallCounts();
  const running = new Set<ProcessWorker>();
  const whyWaiting = (): CallWaitReason | null => pool.core.front()?.whyWaiting() ?? null;
  const calls = new ProcessCalls(whyWaiting);
  const taskLauncher: TaskLauncher = {
    launch: async (wanted) => {
      using stack = new DisposableStack();
      const call = stack.use(calls.begin(wanted));
      const request = { ...wanted, signal: call.signal };
      counts.launched(request.functionName ?? "", request.tally);
      const { gpus, memoryMb, priority, node } = request.options;
      const lease = await pool
        .reserve({ cpus: request.cpus, gpus, memoryMb, priority, node }, { signal: request.signal })
        .catch((error: unknown) => {
          counts.ended(request.functionName ?? "", request.signal.aborted ? "cancelled" : "failed", request.tally);
          throw error instanceof Error ? ofFunction(request.functionName ?? "", error, [home]) : error;
        });
      const open = stack.move();
      const worker = new ProcessWorker(request, lease, call, (outcome) => {
        running.delete(worker);
        open.dispose();
        counts.ended(worker.functionName, outcome, request.tally);
      });
      running.add(worker);
      return worker;
    },
  };
  return {
    taskLauncher,
    env: {
      pool: pool.core,
      nodeLaunchers: new Map(),
      cpusPerNode: new Map([[home, cpus]]),
      connect: async () => undefined,
      endTimeMs: null,
    },
    drain: async () => undefined,
    counts: () => counts.snapshot({ running: [...running].map((worker) => worker.functionName), loading: [] }),
    openCalls: calls,
    whyWaiting,
    news: () => [],
    [Symbol.asyncDispose]: async () => undefined,
  };
}

class ProcessWorker implements TaskWorker {
  readonly node: string;
  readonly cpuIds: readonly number[];
  readonly functionName: string;
  readonly #request: TaskRequest;
  readonly #lease: Lease;
  readonly #open: ProcessCall;
  readonly #ended: (outcome: TaskOutcome) => void;
  #outcome: TaskOutcome = "unused";

  constructor(request: TaskRequest, lease: Lease, open: ProcessCall, ended: (outcome: TaskOutcome) => void) {
    this.node = lease.node;
    this.cpuIds = lease.cpuIds;
    this.functionName = request.functionName ?? "";
    this.#request = request;
    this.#lease = lease;
    this.#open = open;
    this.#ended = ended;
  }

  async call<F extends AnyRemoteFunction>(fn: F, input: RemoteInput<F>): Promise<RemoteOutput<F>> {
    return (await this.run({ fn, input: encodeValue(await checkInput(fn, input)), attempt: 1 })) as RemoteOutput<F>;
  }

  async run(call: TaskCall): Promise<unknown> {
    const startMs = performance.now();
    const output = await this.#output(call);
    this.#outcome = this.#request.signal.aborted ? "cancelled" : "failed";
    this.#request.signal.throwIfAborted();
    if (!output.ok) {
      const place = { node: this.node, cpuIds: this.cpuIds, logFile: null, ranMs: performance.now() - startMs };
      throw failedTask({ kind: output.kind, error: errorToData(output.error) }, place);
    }
    this.#outcome = "done";
    return decodeValue(output.encoded);
  }

  [Symbol.dispose](): void {
    this.#lease.release();
    this.#ended(this.#outcome);
  }

  /** As in a worker, with the same kinds of failure. */
  async #output({ fn: { name }, input, attempt }: TaskCall): Promise<Output> {
    const fn = findRemote(name);
    if (fn === undefined) return { ok: false, kind: "unknown-function", error: unknownFunction(name) };
    let value: unknown;
    try {
      const given = decodeValue(input);
      this.#open.began(this, given, attempt);
      value = await evaluate(fn, given, this.#context(attempt));
    } catch (error) {
      return { ok: false, kind: evaluationFailure(error), error };
    }
    try {
      return { ok: true, encoded: encodeValue(value) };
    } catch (error) {
      return { ok: false, kind: "unsendable-output", error };
    }
  }

  #context(attempt: number): CallContext {
    return {
      cpus: { count: this.cpuIds.length, ids: this.cpuIds },
      gpuIds: this.#lease.gpuIds,
      signal: this.#request.signal,
      node: this.node,
      attempt,
      log: (message) => console.error(message),
      exec: () => Promise.reject(new Error("ctx.exec needs worker processes: run without inProcess")),
    };
  }
}

type Output =
  | { readonly ok: true; readonly encoded: Uint8Array }
  | { readonly ok: false; readonly kind: CallFailure["kind"]; readonly error: unknown };

const unknownFunction = (name: string): Error =>
  new Error(`No module that this process has loaded defines the remote function "${name}"`);
