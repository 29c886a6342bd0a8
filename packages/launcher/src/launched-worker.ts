/** The head's end of one worker: calls out, results in, and what becomes of the calls when the worker dies. */
import { type AnyRemoteFunction, checkInput, type RemoteInput, type RemoteOutput } from "@hyperion-ts/remote";
import {
  type CallFailure,
  type Channel,
  decodeValue,
  encodeValue,
  errorFromData,
  errorToData,
  FrameKind,
  type FromWorker,
  type ToWorker,
  WireError,
  type WorkerExited,
} from "@hyperion-ts/wire";
import type { NodeAgent, SlotOwner } from "./node-agent.ts";
import type { ServiceId } from "@hyperion-ts/wire";
import { deathOf, describeDeath, LaunchError, type WorkerDeath, WorkerDiedError } from "./worker-death.ts";
import type { Call, LaunchedWorker } from "./worker-launcher.ts";

const nothing = new Uint8Array(0);
/** What stands before each input: the function's index and the attempt. Channels copy it where it has to wait, by `slice`: a Buffer's would be a view. */
const prefix = new Uint8Array(4);
const prefixView = new DataView(prefix.buffer);
/** A control message has to fit into one frame. */
const MAX_REASON_BYTES = 32_768;

/** What is known of a worker before it runs. */
export interface WorkerIdentity {
  readonly serviceId: ServiceId;
  readonly node: string;
  readonly cpuIds: readonly number[];
  readonly logFile: string;
}

export class AgentLaunchedWorker implements LaunchedWorker, SlotOwner {
  readonly serviceId: ServiceId;
  readonly node: string;
  readonly cpuIds: readonly number[];
  readonly logFile: string;
  readonly gone: Promise<WorkerDeath>;
  /** Resolves when the worker takes calls, rejects with a `LaunchError` when it does not come up. */
  readonly ready: Promise<void>;
  #pid = -1;
  #channel: Channel<FromWorker> | undefined;
  readonly #agent: NodeAgent;
  readonly #maxResultBytes: number | undefined;
  readonly #functions = new Map<string, number>();
  /** Sent and not answered, in order. */
  readonly #calls = new Map<number, Call>();
  readonly #resolveGone: (death: WorkerDeath) => void;
  readonly #settleReady: { readonly resolve: () => void; readonly reject: (error: Error) => void };
  /** A recall that is not answered yet: the ids of the calls that were sent before it. */
  #recall: (PromiseWithResolvers<void> & { readonly ids: readonly number[] }) | undefined;
  #lastId = 0;
  #answered = 0;
  #isGone = false;

  constructor(agent: NodeAgent, identity: WorkerIdentity, maxResultBytes: number | undefined) {
    this.#agent = agent;
    this.#maxResultBytes = maxResultBytes;
    this.serviceId = identity.serviceId;
    this.node = identity.node;
    this.cpuIds = identity.cpuIds;
    this.logFile = identity.logFile;
    const gone = Promise.withResolvers<WorkerDeath>();
    this.gone = gone.promise;
    this.#resolveGone = gone.resolve;
    const ready = Promise.withResolvers<void>();
    this.ready = ready.promise;
    this.#settleReady = ready;
    // Whoever launches awaits it; a worker that dies later has nobody to tell here.
    ready.promise.catch(() => undefined);
  }

  attach(channel: Channel<FromWorker>): void {
    this.#channel = channel;
  }

  /** Its slot on the agent. */
  get channelNumber(): number {
    return this.#channel?.number ?? 0;
  }

  get pid(): number {
    return this.#pid;
  }

  get credit(): number {
    return this.#channel?.credit ?? 0;
  }

  async call<F extends AnyRemoteFunction>(fn: F, input: RemoteInput<F>): Promise<RemoteOutput<F>> {
    const encoded = encodeValue(await checkInput(fn, input));
    return new Promise((resolve, reject) => {
      this.submit({
        fn,
        input: encoded,
        attempt: 1,
        succeeded: (value) => resolve(value as RemoteOutput<F>),
        failed: (failure) => reject(errorFromData(failure.error)),
        lost: (death) => reject(new WorkerDiedError(fn.name, this.node, death)),
        returned: () => reject(new WorkerDiedError(fn.name, this.node, { kind: "exited", code: null, lastOutput: "the call was taken back" })),
      });
    });
  }

  submit(call: Call): void {
    const channel = this.#channel;
    if (channel === undefined) throw new Error("A call was submitted to a worker that has no channel");
    if (this.#isGone) {
      // It may have died in the moment in which its last answer came.
      void this.gone.then((death) => call.lost(death, false));
      return;
    }
    const id = (this.#lastId = (this.#lastId + 1) >>> 0);
    const kind = this.#calls.size === 0 ? FrameKind.callAlone : FrameKind.call;
    this.#calls.set(id, call);
    prefixView.setUint16(0, this.#indexOf(call.fn, channel), true);
    prefixView.setUint16(2, call.attempt, true);
    channel.send(kind, id, prefix, call.input);
  }

  abort(call: Call, reason: unknown): void {
    for (const [id, known] of this.#calls) {
      if (known !== call) continue;
      this.#tell({ type: "abort", id, reason: encodeReason(reason) });
      return;
    }
  }

  recall(): Promise<void> {
    if (this.#isGone) return Promise.resolve();
    // One that is under way does not cover the calls that were sent since.
    if (this.#recall !== undefined) return this.#recall.promise.then(() => this.recall());
    this.#recall = { ...Promise.withResolvers<void>(), ids: [...this.#calls.keys()] };
    this.#channel?.send(FrameKind.recall, 0, nothing, nothing);
    return this.#recall.promise;
  }

  async stop(graceMs: number): Promise<void> {
    if (this.#channel !== undefined && !this.#isGone) this.#agent.stop(this.#channel.number, graceMs);
    await this.gone;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop(0);
  }

  started(pid: number): void {
    this.#pid = pid;
  }

  notStarted(reason: string): void {
    this.#end({ kind: "exited", code: null, lastOutput: reason }, 0);
  }

  /** A frame of the worker: the end of a call. An answer to no call of ours is dropped. */
  data(kind: FrameKind, id: number, body: Buffer): void {
    const call = this.#calls.get(id);
    if (call === undefined) return;
    this.#calls.delete(id);
    this.#answered += 1;
    const runMs = body.readUInt32LE(0) / 1_000;
    let value: unknown;
    try {
      value = decodeValue(body.subarray(4));
    } catch (error) {
      return call.failed({ kind: "unreadable-output", error: errorToData(error) }, runMs);
    }
    if (kind === FrameKind.result) call.succeeded(value, runMs);
    else call.failed(isFailure(value) ? value : unreadableFailure, runMs);
  }

  message(message: FromWorker): void {
    message.type satisfies "ready";
    this.#settleReady.resolve();
  }

  tooLarge(_kind: FrameKind, id: number, bytes: number): void {
    const call = this.#calls.get(id);
    if (call === undefined) return;
    this.#calls.delete(id);
    this.#answered += 1;
    const error = new WireError("too-large", `The result of "${call.fn.name}" has ${bytes} bytes, more than the ${this.#maxResultBytes} that maxResultBytes allows: return less, or raise the limit`);
    call.failed({ kind: "unreadable-output", error: errorToData(error) }, 0);
  }

  recalled(unbegun: number): void {
    const recall = this.#recall;
    this.#recall = undefined;
    if (recall === undefined) return;
    for (const id of recall.ids.slice(recall.ids.length - unbegun)) {
      const call = this.#calls.get(id);
      this.#calls.delete(id);
      call?.returned();
    }
    recall.resolve();
  }

  exited(exited: WorkerExited): void {
    this.#end(deathOf(exited), exited.begun - this.#answered);
  }

  nodeLost(reason: string): void {
    // Which calls had begun is not known: the first in line had, if any.
    this.#end({ kind: "node-lost", reason }, 1);
  }

  /** Of the calls without an answer the first `begun` had begun. The last of them was running; those before it lost only their answers. */
  #end(death: WorkerDeath, begun: number): void {
    const calls = [...this.#calls.values()];
    this.#calls.clear();
    const running = begun - 1;
    this.#isGone = true;
    this.#resolveGone(death);
    this.#settleReady.reject(new LaunchError(this.node, `a worker on ${this.node}: ${describeEnd(death)} (log: ${this.logFile})`));
    this.#recall?.resolve();
    for (const [i, call] of calls.entries()) call.lost(death, i === running);
  }

  #indexOf(fn: Call["fn"], channel: Channel<FromWorker>): number {
    const known = this.#functions.get(fn.name);
    if (known !== undefined) return known;
    const index = this.#functions.size;
    this.#functions.set(fn.name, index);
    const message: ToWorker = { type: "define", index, name: fn.name, module: fn.module };
    channel.sendMessage(message);
    return index;
  }

  #tell(message: ToWorker): void {
    this.#channel?.sendMessage(message);
  }
}

const unreadableFailure: CallFailure = {
  kind: "unreadable-output",
  error: errorToData(new WireError("bad-frame", "The worker sent a failure that can't be read: something in it writes to file descriptor 3, which carries its frames")),
};

/** Whether its caller can be told of it. */
function isFailure(value: unknown): value is CallFailure {
  if (typeof value !== "object" || value === null || !("kind" in value) || !("error" in value)) return false;
  try {
    errorFromData(value.error as CallFailure["error"]);
    return true;
  } catch {
    return false;
  }
}

/** An abort has to arrive: a reason that is too large for a control message is told by its message alone. */
function encodeReason(reason: unknown): string {
  const data = errorToData(reason);
  const whole = encodeValue(data);
  const text = data.kind === "error" ? `${data.name}: ${data.message}` : "the reason is too large to travel";
  const sent = whole.length <= MAX_REASON_BYTES ? whole : encodeValue(errorToData(new Error(text.slice(0, 1_000))));
  return Buffer.from(sent).toString("base64");
}

/** All that is known of an end before the beginning. */
const describeEnd = (death: WorkerDeath): string =>
  "lastOutput" in death ? `${describeDeath({ ...death, lastOutput: "" })} before it was ready${death.lastOutput === "" ? "" : `: ${death.lastOutput}`}` : describeDeath(death);
