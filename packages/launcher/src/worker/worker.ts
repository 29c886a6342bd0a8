/**
 * The worker: takes calls from its channel and runs them one at a time, in order.
 *
 * Its frames are on file descriptor 3; what user code prints on 1 and 2 goes to the log file and
 * can't damage them. Results of one turn of the event loop share a write, but only while calls are so
 * short that nobody would notice: before a call that may take long, what is finished is sent.
 */
import { Socket } from "node:net";
import { enterWorker } from "@hyperion-ts/remote";
import { Channel, type ChannelReceiver, decodeValue, type Employ, type ErrorData, errorFromData, FrameKind, FrameParser, FrameWriter, type FromWorker, HEADER_BYTES, parseMessage, type ToWorker } from "@hyperion-ts/wire";
import { Polling } from "../polling/polling.ts";
import { Claims } from "./claims.ts";
import { FunctionTable } from "./function-table.ts";
import { prefixLines } from "./log-lines.ts";
import { dieWithAgent, endGroup } from "./orphan.ts";
import { RunningCall } from "./running-call.ts";
import { hearSignals } from "./signals.ts";
import type { WorkerConfig } from "./worker-config.ts";

/** Calls up to this length are run back to back, their results in one write. */
const TRIVIAL_MS = 0.05;
/** After so long in one turn the worker looks for control messages. */
const TURN_MS = 1;

/** What stands before each answer: how long the call ran, in microseconds. Channels copy it. */
const prefix = new Uint8Array(4);
const prefixView = new DataView(prefix.buffer);

interface QueuedCall {
  readonly id: number;
  /** It was sent when there was no other: it needs no claim. */
  readonly alone: boolean;
  readonly body: Buffer;
}

export function runWorker(): void {
  dieWithAgent();
  const socket = new Socket({ fd: 3, readable: true, writable: true });
  const writer = new FrameWriter(socket);
  let worker: Worker | undefined;
  const parser = new FrameParser({
    frame: (kind, flags, channel, id, bytes, start, end) => {
      if (channel === 0) worker = employ(parseMessage<Employ>(bytes, start + HEADER_BYTES, end), writer);
      else worker?.frame(kind, flags, id, bytes, start, end);
    },
  });
  socket.on("data", (chunk: Buffer) => {
    parser.push(chunk);
    worker?.turn();
  });
  socket.on("close", endGroup);
  socket.on("error", endGroup);
}

function employ({ channel, env, config }: Employ, writer: FrameWriter): Worker {
  enterWorker();
  Object.assign(process.env, env);
  const worker = new Worker(config as WorkerConfig, channel, writer);
  worker.ready();
  return worker;
}

class Worker implements ChannelReceiver<ToWorker> {
  readonly channel: Channel<ToWorker>;
  readonly #config: WorkerConfig;
  readonly #writer: FrameWriter;
  readonly #functions: FunctionTable;
  readonly #claims = new Claims();
  readonly #lines = prefixLines();
  readonly #polling = new Polling();
  #queue: QueuedCall[] = [];
  #running: RunningCall | undefined;
  /** The agent has taken back what is queued; its message about that is on the way. */
  #refused = false;
  #scheduled = false;
  #turning = false;
  #crashed = false;
  /** The last call came when there was no other, and what follows it is not decided yet. */
  #lastAlone = false;
  /** How long the slowest of the last calls took: falls by a tenth with each call. */
  #recentMs = Number.POSITIVE_INFINITY;

  constructor(config: WorkerConfig, channel: number, writer: FrameWriter) {
    this.#config = config;
    this.#functions = new FunctionTable(config.folderNames);
    this.#writer = writer;
    this.channel = new Channel(channel, writer, this);
    process.on("uncaughtException", (error) => this.#crash(error));
    process.on("unhandledRejection", (error) => this.#crash(error));
    hearSignals(() => this.#running === undefined || this.#running.aborted);
  }

  ready(): void {
    const message: FromWorker = { type: "ready", pid: process.pid, startMs: performance.now() };
    this.channel.sendMessage(message);
  }

  frame(kind: FrameKind, flags: number, id: number, bytes: Buffer, start: number, end: number): void {
    if (kind === FrameKind.recall) this.recalled();
    this.channel.receive(kind, flags, id, bytes, start, end);
  }

  data(kind: FrameKind, id: number, body: Buffer): void {
    if (kind === FrameKind.call || kind === FrameKind.callAlone) this.#queue.push({ id, alone: kind === FrameKind.callAlone, body });
  }

  message(received: ToWorker): void {
    switch (received.type) {
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
    this.#queue = this.#queue.slice(0, alone + this.#claims.recalled());
    this.#refused = false;
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.turn();
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
    while (this.#running === undefined && !this.#refused && !this.#crashed) {
      const [call] = this.#queue;
      if (call === undefined) break;
      if (!call.alone && !this.#claims.claim()) {
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
    const attempt = body.readUInt16LE(2);
    const call = new RunningCall(id, attempt, this.#config, (line) => this.#lines.write(line));
    this.#running = call;
    this.#lines.enter(id);
    call.run(this.#functions.get(body.readUInt16LE(0)), body.subarray(4), (kind, payload) => this.#finish(call, kind, payload));
  }

  #finish(call: RunningCall, kind: FrameKind, payload: Uint8Array): void {
    const ranMs = performance.now() - call.begunMs;
    this.#recentMs = Math.max(ranMs, Math.min(this.#recentMs, 60_000) * 0.9);
    prefixView.setUint32(0, Math.min(0xff_ff_ff_ff, Math.round(ranMs * 1_000)), true);
    this.channel.send(kind, call.id, prefix, payload);
    this.#lines.leave();
    this.#running = undefined;
    if (!this.#turning) this.turn();
  }

  #abort(id: number, reason: string): void {
    if (this.#running?.id !== id) return;
    this.#running.abort(errorFromData(decodeValue(Buffer.from(reason, "base64")) as ErrorData));
  }

  /** An error that nobody caught belongs to the call that runs; the process can't be trusted after it. */
  #crash(error: unknown): void {
    console.error(error);
    // Those that wait behind it are another worker's now.
    this.#crashed = true;
    this.#running?.fail("uncaught", error);
    this.#writer.flush();
    setImmediate(() => process.exit(70));
  }
}
