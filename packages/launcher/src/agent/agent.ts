/**
 * The agent: one on each node, between the head and the node's workers.
 *
 * head ⇄ agent: one byte stream. agent ⇄ worker: a socket pair each. Data frames pass through
 * as they are; messages on channel 0 are for the agent. It never stops reading, so that the
 * end of its input, which is the end of the head, ends it and its workers at once.
 */
import { hostname, totalmem } from "node:os";
import type { Readable, Writable } from "node:stream";
import {
  encodeMessage,
  FrameFlag,
  FrameKind,
  FrameParser,
  type FrameReceiver,
  FrameWriter,
  type FromAgent,
  GREETING,
  HEADER_BYTES,
  parseMessage,
  PROTOCOL_VERSION,
  type ToAgent,
} from "@hyperion-ts/wire";
import { allowedCpus, findProcessTools, onlineCpus } from "./host.ts";
import { type AgentWorker, employWorker } from "./agent-worker.ts";
import { SpareWorker } from "./spare-worker.ts";

type StartMessage = Extract<ToAgent, { type: "start" }>;

/** How long workers get to end by themselves when the agent has to end. */
const END_GRACE_MS = 200;

export class Agent implements FrameReceiver {
  readonly #parser = new FrameParser(this);
  readonly #writer: FrameWriter;
  readonly #tools = findProcessTools();
  readonly #spare = new SpareWorker(this.#tools, log);
  readonly #workers = new Map<number, Promise<AgentWorker | undefined>>();
  /** The workers that run: for the hot path. */
  readonly #running = new Map<number, AgentWorker>();
  #lastHeardMs = performance.now();
  /** A worker is gone, so that the next one takes its place. */
  #replacing = false;
  #ending = false;

  constructor(input: Readable, output: Writable) {
    output.write(GREETING);
    output.on("error", (error) => this.end(`can't write to the head: ${error.message}`));
    this.#writer = new FrameWriter(output);
    this.#send({
      type: "hello",
      version: PROTOCOL_VERSION,
      pid: process.pid,
      hostname: hostname(),
      nodeVersion: process.version,
      allowedCpus: allowedCpus(),
      onlineCpus: onlineCpus(),
      canPin: this.#tools.taskset,
      memoryMb: Math.floor(totalmem() / 1_048_576),
    });
    input.on("data", (chunk: Buffer) => this.#read(chunk));
    input.on("error", (error) => this.end(`can't read from the head: ${error.message}`));
    input.on("close", () => this.end("the head is gone"));
  }

  frame(kind: FrameKind, flags: number, channel: number, _id: number, bytes: Buffer, start: number, end: number): void {
    if (channel === 0) {
      if (kind === FrameKind.message) this.#message(parseMessage<ToAgent>(bytes, start + HEADER_BYTES, end));
      return;
    }
    const worker = this.#running.get(channel);
    if (worker === undefined) return;
    if (kind === FrameKind.recall) this.#send({ type: "recalled", channel, unbegun: worker.takeBack() });
    else if ((flags & FrameFlag.continued) === 0) worker.sent(kind);
    worker.toWorker.forward(kind, bytes.subarray(start, end));
  }

  /** Ends all workers, then this process. */
  end(why: string, graceMs = END_GRACE_MS): void {
    if (this.#ending) return;
    this.#ending = true;
    log(`Ending: ${why}`);
    const workers = [...this.#workers.keys()].map((channel) => this.#stop(channel, graceMs));
    void Promise.allSettled([...workers, this.#spare.end()]).then(() => process.exit(0));
  }

  #read(chunk: Buffer): void {
    this.#lastHeardMs = performance.now();
    try {
      this.#parser.push(chunk);
    } catch (error) {
      this.end(`the head sent something that is no frame: ${String(error)}`, 0);
    }
  }

  #message(message: ToAgent): void {
    switch (message.type) {
      case "configure":
        return this.#configure(message);
      case "start":
        return this.#start(message);
      case "stop":
        return void this.#stop(message.channel, message.graceMs);
      case "shutdown":
        return this.end("the head has finished", message.graceMs);
      default:
        message satisfies never;
    }
  }

  #configure({ version, heartbeatMs, silenceMs }: Extract<ToAgent, { type: "configure" }>): void {
    if (version !== PROTOCOL_VERSION) return this.end(`the head speaks version ${version} of the protocol, this agent ${PROTOCOL_VERSION}: install one version of hyperion-ts on all nodes`);
    setInterval(() => {
      this.#writer.frame(FrameKind.heartbeat, 0, 0, 0, new Uint8Array(0));
      const silentMs = performance.now() - this.#lastHeardMs;
      if (silenceMs !== null && silentMs > silenceMs) this.end(`nothing was heard from the head for ${Math.round(silentMs)} ms`, 0);
    }, heartbeatMs);
  }

  #start(message: StartMessage): void {
    if (this.#ending) return;
    const { channel } = message;
    const started = Promise.all(message.retire.map((retired) => this.#stop(retired, END_GRACE_MS)))
      .then(() => this.#spare.take(message))
      .then((process) => this.#started(message, employWorker(process, message, this.#writer)))
      .catch((error: unknown) => {
        this.#workers.delete(channel);
        this.#send({ type: "notStarted", channel, reason: error instanceof Error ? error.message : String(error) });
        return undefined;
      });
    this.#workers.set(channel, started);
  }

  #started(message: StartMessage, worker: AgentWorker): AgentWorker {
    const { channel } = message;
    if (this.#replacing) this.#spare.prepare(message);
    this.#running.set(channel, worker);
    this.#send({ type: "started", channel, pid: worker.pid });
    void worker.gone.then(() => {
      this.#running.delete(channel);
      this.#workers.delete(channel);
      this.#replacing = true;
    });
    return worker;
  }

  async #stop(channel: number, graceMs: number): Promise<void> {
    const worker = await this.#workers.get(channel);
    await worker?.stop(graceMs);
  }

  #send(message: FromAgent): void {
    this.#writer.frame(FrameKind.message, 0, 0, 0, encodeMessage(message));
  }
}

/** The agent's log is its standard error, which its head keeps in a file. */
function log(line: string): void {
  process.stderr.write(`${new Date().toISOString()} ${line}\n`);
}
