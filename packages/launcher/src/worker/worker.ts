/**
 * The worker: takes calls from its channel and runs them one at a time, in order.
 *
 * Its frames are on file descriptor 3; what user code prints on 1 and 2 goes to the log file and
 * can't damage them. Results of one turn of the event loop share a write, but only while calls are so
 * short that nobody would notice: before a call that may take long, what is finished is sent.
 */
import { setImmediate, setInterval } from "node:timers";
import {
  answerPrefix,
  attemptOf,
  Channel,
  type ChannelReceiver,
  decodeValue,
  type ErrorData,
  errorFromData,
  functionIndexOf,
  FrameKind,
  type FrameWriter,
  type FromWorker,
  type ReceivedFrame,
  type ToWorker,
  valueOf,
  type WorkerConfig,
  type WorkerEnding,
} from "@hyperion-ts/wire";
import { Polling } from "../shared/polling.ts";
import { BuiltIns } from "./built-ins.ts";
import { enterCall } from "./call-origin.ts";
import { Permits } from "./permits.ts";
import { FunctionTable } from "./function-table.ts";
import { type EndingWorker, LastWords } from "./last-words.ts";
import { prefixLines } from "./log-lines.ts";
import { type CallOffice, RunningCall } from "./running-call.ts";

/** Calls up to this length are run back to back, their results in one write. */
const TRIVIAL_MS = 0.05;
/** How often a worker that waits looks whether it can still hear: who breaks the runtime may make it deaf. */
const LOOK_MS = 1_000;
/** After so long in one turn the worker looks for control messages. */
const TURN_MS = 1;

interface QueuedCall {
  readonly id: number;
  /** It was sent when there was no other: it needs no permit. */
  readonly alone: boolean;
  readonly body: Buffer;
}

/** The worker of this process. */
export class Worker implements ChannelReceiver<ToWorker>, EndingWorker, CallOffice {
  /** Its end of the channel to the head. */
  readonly channel: Channel<ToWorker>;
  readonly config: WorkerConfig;
  readonly #writer: FrameWriter;
  readonly #functions: FunctionTable;
  readonly #permits = new Permits();
  readonly #lines = prefixLines();
  readonly #polling = new Polling();
  readonly #builtIns = new BuiltIns();
  readonly #lastWords: LastWords;
  #begun = 0;
  #queue: QueuedCall[] = [];
  #running: RunningCall | undefined;
  /** The agent has taken back what is queued; its message about that is on the way. */
  #refused = false;
  #scheduled = false;
  #turning = false;
  /** The last call came when there was no other, and what follows it is not decided yet. */
  #lastAlone = false;
  /** How long the slowest of the last calls took: falls by a tenth with each call. */
  #recentMs = Number.POSITIVE_INFINITY;

  /** `channel` is the number that its frames bear, `writer` where they go. */
  constructor(config: WorkerConfig, channel: number, writer: FrameWriter) {
    this.config = config;
    this.#functions = new FunctionTable(config.folderNames, (message) => this.#tellAtOnce(message));
    this.#writer = writer;
    this.channel = new Channel(channel, writer, this);
    this.#lastWords = new LastWords(this);
    setInterval(() => this.#look(), LOOK_MS);
  }

  get running(): RunningCall | undefined {
    return this.#running;
  }

  get begun(): number {
    return this.#begun;
  }

  log(line: string): void {
    this.#lines.write(line);
  }

  #look(): void {
    const damage = this.#running === undefined ? this.damage() : undefined;
    if (damage !== undefined) this.broken(damage);
  }

  tell(ending: WorkerEnding): void {
    this.channel.sendMessage(ending);
  }

  flush(): void {
    this.#writer.flush();
  }

  print(error: unknown, call: RunningCall | undefined): void {
    if (call !== undefined) this.#lines.enter(call.id);
    console.error(error);
  }

  damage(): Error | undefined {
    return this.#builtIns.damage();
  }

  broken(error: unknown): void {
    this.#lastWords.broken(error);
  }

  /** Tells the head that calls can come. */
  ready(): void {
    const message: FromWorker = { type: "ready", pid: process.pid, startMs: performance.now() };
    this.channel.sendMessage(message);
  }

  /** What is called next may take long, without a look at anything else. */
  #tellAtOnce(message: FromWorker): void {
    this.channel.sendMessage(message);
    this.#writer.flush();
  }

  frame(frame: ReceivedFrame): void {
    if (frame.kind === FrameKind.recall) this.recalled();
    this.channel.receive(frame);
  }

  data(kind: FrameKind, id: number, body: Buffer): void {
    if (kind === FrameKind.code) this.#functions.code(id, body);
    else if (kind === FrameKind.call || kind === FrameKind.callAlone)
      this.#queue.push({ id, alone: kind === FrameKind.callAlone, body });
  }

  message(received: ToWorker): void {
    switch (received.type) {
      case "files":
        return this.#functions.expect(received.index, received.files);
      case "define":
        return this.#functions.define(received);
      case "abort":
        return this.#abort(received.id, received.reason);
      default:
        received satisfies never;
    }
  }

  tooLarge(): void {
    // A worker's channel takes calls of any size.
  }

  /** The agent took back all calls that were sent before and had not begun, but for one that came alone. */
  recalled(): void {
    const alone = this.#queue[0]?.alone === true ? 1 : 0;
    this.#queue = this.#queue.slice(0, alone + this.#permits.recalled());
    this.#refused = false;
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      try {
        this.turn();
      } catch (error) {
        this.broken(error);
      }
    });
  }

  /** Runs queued calls until one goes on asynchronously or the turn has lasted long enough. */
  turn(): void {
    this.#turning = true;
    this.#runQueued();
    this.#turning = false;
  }

  #runQueued(): void {
    const until = performance.now() + TURN_MS;
    while (this.#running === undefined && !this.#refused && !this.#lastWords.said) {
      const [call] = this.#queue;
      if (call === undefined) break;
      if (!call.alone && !this.#permits.take()) {
        this.#refused = true;
        return;
      }
      this.#queue.shift();
      this.#begin(call);
      if (performance.now() > until) return this.#schedule();
    }
    if (this.#queue.length > 0) return;
    this.#writer.flush();
    if (this.#running === undefined && this.#lastAlone) this.#wait();
  }

  #wait(): void {
    this.#lastAlone = false;
    this.#polling.idle();
  }

  #begin({ id, body, alone }: QueuedCall): void {
    this.#polling.called();
    this.#lastAlone = alone;
    if (this.#recentMs > TRIVIAL_MS) this.#writer.flush();
    const index = functionIndexOf(body);
    const input = valueOf(body);
    const call = new RunningCall(this, {
      id,
      functionName: this.#functions.nameOf(index),
      attempt: attemptOf(body),
      input,
    });
    this.#begun += 1;
    this.#running = call;
    this.#lines.enter(id);
    enterCall(call);
    call.run(this.#functions.get(index), input);
  }

  answered(call: RunningCall, kind: FrameKind, payload: Uint8Array): void {
    const damage = this.damage();
    // Where the first call of this worker fails, that call did the damage. Any other answer may be wrong, or an earlier call's fault.
    if (damage !== undefined && (kind === FrameKind.result || this.#begun > 1)) return this.broken(damage);
    const ranMs = performance.now() - call.begunMs;
    this.#recentMs = Math.max(ranMs, Math.min(this.#recentMs, 60_000) * 0.9);
    this.channel.send(kind, call.id, answerPrefix(ranMs), payload);
    this.#lines.leave();
    this.#running = undefined;
    if (damage !== undefined) this.#lastWords.broken(damage, call);
    else if (!this.#turning) this.turn();
  }

  #abort(id: number, reason: string): void {
    if (this.#running?.id !== id) return;
    this.#running.abort(errorFromData(decodeValue(Buffer.from(reason, "base64")) as ErrorData));
  }
}
