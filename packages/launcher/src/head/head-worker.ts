/** The head's end of one worker, from its start to its death. */
import { checkValue, duration } from "@hyperion-ts/bounds";
import { type AnyRemoteFunction, checkInput, type RemoteInput, type RemoteOutput } from "@hyperion-ts/remote";
import {
  type ChangedFile,
  type Channel,
  encodeValue,
  type FrameKind,
  type FromWorker,
  type ServiceId,
  type WorkerEnding,
  type WorkerExited,
} from "@hyperion-ts/wire";
import { tellAnswer, tellTooLarge } from "./answer.ts";
import { submitAwaited } from "./awaited-call.ts";
import { CallSender } from "./call-sender.ts";
import type { CodeOf } from "./code-at-start.ts";
import type { AgentConnection } from "./agent-connection.ts";
import type { SlotOwner } from "./slots.ts";
import type { NodeLauncherOptions } from "./node-launcher.ts";
import { SentCalls } from "./sent-calls.ts";
import type { WorkerDeath } from "./worker-died-error.ts";
import { deathOf, describeFailedStart, isBroken, limitMet } from "./worker-death.ts";
import { WorkerStart } from "./worker-start.ts";
import type { Call, LaunchedWorker } from "./worker-launcher.ts";

/** How long a worker that says that it ends may take. */
const LAST_MOMENTS_MS = 2_000;

/** What is known of a worker before it runs. */
export type WorkerIdentity = Pick<LaunchedWorker, "serviceId" | "node" | "cpuIds" | "logFile">;

/** How much memory is a worker's own, and who hears that it holds more. */
export interface MemoryShare {
  /** In megabytes; Infinity: no share. */
  readonly memoryMb: number;
  /** Hears how much the worker holds, in megabytes, when that is more. */
  readonly over: (usedMb: number) => void;
}

/** One worker as its head has it: what is sent to it, and who hears what comes of it. */
export class HeadWorker implements LaunchedWorker, SlotOwner {
  readonly serviceId: ServiceId;
  readonly node: string;
  readonly cpuIds: readonly number[];
  readonly logFile: string;
  readonly gone: Promise<WorkerDeath>;
  readonly #agent: AgentConnection;
  readonly #maxResultBytes: number | undefined;
  readonly #memory: MemoryShare;
  /** What it holds of memory, while that is more than its share. */
  #overMb: number | undefined;
  readonly #calls = new SentCalls();
  readonly #resolveGone: (death: WorkerDeath) => void;
  readonly #start: WorkerStart;
  readonly #codeOf: CodeOf;
  readonly #onOldCode: NodeLauncherOptions["onOldCode"];
  #slot: { readonly channel: Channel<FromWorker>; readonly sender: CallSender } | undefined;
  #pid = -1;
  #isGone = false;
  #ending: WorkerEnding | undefined;
  #lastMoments: NodeJS.Timeout | undefined;

  constructor(
    agent: AgentConnection,
    identity: WorkerIdentity,
    {
      maxResultBytes,
      codeOf = nobodyKnows,
      onOldCode,
    }: Pick<NodeLauncherOptions, "maxResultBytes" | "codeOf" | "onOldCode">,
    memory: MemoryShare,
  ) {
    this.#memory = memory;
    this.#agent = agent;
    this.#maxResultBytes = maxResultBytes;
    this.#codeOf = codeOf;
    this.#onOldCode = onOldCode;
    this.serviceId = identity.serviceId;
    this.node = identity.node;
    this.cpuIds = identity.cpuIds;
    this.logFile = identity.logFile;
    const gone = Promise.withResolvers<WorkerDeath>();
    this.gone = gone.promise;
    this.#resolveGone = gone.resolve;
    this.#start = new WorkerStart(identity.node, identity.logFile);
  }

  /** The slot in which it was started, to be told before anything is sent. */
  attach(channel: Channel<FromWorker>): void {
    this.#slot = { channel, sender: new CallSender(channel, this.#codeOf) };
  }

  /** The number of its slot on the agent; 0 before it has one. */
  get channelNumber(): number {
    return this.#slot?.channel.number ?? 0;
  }

  /** Resolves when the worker takes calls, rejects with a `LaunchError` when it does not come up. */
  get ready(): Promise<void> {
    return this.#start.ready;
  }

  get pid(): number {
    return this.#pid;
  }

  get ending(): boolean {
    return this.#ending !== undefined || this.#isGone;
  }

  get credit(): number {
    return this.#slot?.channel.credit ?? 0;
  }

  loads(functionName: string): boolean {
    return this.#slot?.sender.loads(functionName) ?? false;
  }

  async call<F extends AnyRemoteFunction>(fn: F, input: RemoteInput<F>): Promise<RemoteOutput<F>> {
    const encoded = encodeValue(await checkInput(fn, input));
    return submitAwaited(this, fn, encoded);
  }

  submit(call: Call): void {
    if (this.#slot === undefined) throw new Error("A call was submitted to a worker that has no channel");
    if (this.#isGone) {
      // The worker may have died in the moment in which its last answer came.
      void this.gone.then((death) => call.lost(death, "next"));
      return;
    }
    const alone = this.#calls.size === 0;
    this.#slot.sender.call(this.#calls.add(call), call, alone);
  }

  abort(call: Call, reason: unknown): void {
    const id = this.#calls.idOf(call);
    if (id !== undefined) this.#slot?.sender.abort(id, reason);
  }

  recall(): Promise<void> {
    if (this.#isGone || this.#slot === undefined) return Promise.resolve();
    const { recalling } = this.#calls;
    if (recalling !== undefined) return recalling.then(() => this.recall());
    this.#slot.sender.recall();
    return this.#calls.recall();
  }

  async stop(graceMs: number): Promise<void> {
    checkValue("stop", "graceMs", graceMs, GRACE_RULE);
    if (this.#slot !== undefined && !this.#isGone) this.#agent.stop(this.#slot.channel.number, graceMs);
    await this.gone;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop(0);
  }

  started(pid: number): void {
    this.#pid = pid;
  }

  /** Ends it, because it is not ready: `why` says since when. */
  giveUp(why: string): void {
    this.#start.givenUp(why);
    void this.stop(0);
  }

  notStarted(reason: string, full: boolean): void {
    this.#start.failed(reason, full ? reason : undefined);
    this.#end({ kind: "exited", code: null, lastOutput: reason }, 0);
  }

  /** A frame of the worker: the end of a call. An answer to no call of ours is dropped. */
  data(kind: FrameKind, id: number, body: Buffer): void {
    const call = this.#calls.answered(id);
    if (call !== undefined) tellAnswer(call, kind, body);
  }

  message(message: FromWorker): void {
    switch (message.type) {
      case "ready":
        return this.#start.succeeded();
      case "loaded":
        return this.#slot?.sender.loaded(message.index);
      case "ending":
        return this.#ends(message);
      case "want-code":
        return this.#slot?.sender.code(message.index, message.files);
      case "old-code":
        return this.#runsOldCode(message.index, message.files);
      default:
        message satisfies never;
    }
  }

  tooLarge(_kind: FrameKind, id: number, bytes: number): void {
    const call = this.#calls.answered(id);
    if (call !== undefined) tellTooLarge(call, bytes, this.#maxResultBytes);
  }

  recalled(unbegun: number): void {
    this.#calls.recalled(unbegun);
  }

  holds(usedMb: number): void {
    this.#overMb = usedMb > this.#memory.memoryMb ? usedMb : undefined;
    if (this.#overMb !== undefined) this.#memory.over(usedMb);
  }

  exited(exited: WorkerExited): void {
    const death = deathOf(exited, this.#ending, this.#overMb);
    this.#start.ended(death, limitMet(death, exited.limit));
    this.#end(death, this.#ending?.begun ?? exited.begun);
  }

  nodeLost(reason: string): void {
    const death: WorkerDeath = { kind: "node-lost", reason };
    this.#start.failed(describeFailedStart(death, undefined));
    this.#end(death, undefined);
  }

  #runsOldCode(index: number, changed: readonly ChangedFile[]): void {
    this.#onOldCode?.({ serviceId: this.serviceId, files: this.#slot?.sender.oldFiles(index, changed) ?? [] });
  }

  #ends(ending: WorkerEnding): void {
    if (!Number.isSafeInteger(ending.begun)) return;
    this.#ending ??= ending;
    this.#lastMoments ??= setTimeout(() => void this.stop(0), LAST_MOMENTS_MS);
  }

  #end(death: WorkerDeath, begunInAll: number | undefined): void {
    this.#isGone = true;
    clearTimeout(this.#lastMoments);
    this.#resolveGone(death);
    this.#calls.lost(death, begunInAll, this.#ending?.cause ?? (isBroken(death) ? "worker" : "unknown"));
  }
}

const nobodyKnows: CodeOf = () => undefined;
const GRACE_RULE = duration({ zero: true, unlimited: false });
