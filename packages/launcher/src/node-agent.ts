/**
 * The head's end of its one connection to a node: the agent's frames, its signs of life,
 * and the slots in which it runs workers.
 */
import type { Readable, Writable } from "node:stream";
import {
  Channel,
  type ChannelReceiver,
  encodeMessage,
  FrameKind,
  FrameParser,
  FrameWriter,
  type FromAgent,
  type FromWorker,
  GreetingScanner,
  HEADER_BYTES,
  parseMessage,
  PROTOCOL_VERSION,
  type ToAgent,
  type WorkerExited,
} from "@hyperion-ts/wire";
import type { RunningCommand } from "./run-command.ts";
import { LaunchError } from "./worker-death.ts";

/** A frame's channel is a number of 16 bits. */
const MAX_CHANNEL = 0xff_ff;
/** How much of what a login shell printed stands in an error message. */
const MAX_SHOWN_BANNER = 1_000;

export type AgentHello = Extract<FromAgent, { type: "hello" }>;
type StartMessage = Extract<ToAgent, { type: "start" }>;

/** Times, all in milliseconds. */
export interface AgentTimes {
  /** How long an agent or a worker may take to come up. Default 30,000. */
  readonly connectTimeoutMs: number;
  /** A sign of life is sent at least this often, both ways. Default 2,000. */
  readonly heartbeatMs: number;
  /** A node that was silent for so long is lost. Default 10,000. */
  readonly silenceMs: number;
  /** How long running calls may take to end when the connection is closed. Default 200. */
  readonly endGraceMs: number;
}

/** How long an agent that no longer reads gets to say why. */
const LAST_WORDS_MS = 500;

/** Who hears of a worker in a slot. */
export interface SlotOwner extends ChannelReceiver<FromWorker> {
  started(pid: number): void;
  notStarted(reason: string): void;
  recalled(unbegun: number): void;
  exited(exited: WorkerExited): void;
  nodeLost(reason: string): void;
}

interface Slot {
  readonly channel: Channel<FromWorker>;
  readonly owner: SlotOwner;
}

export class NodeAgent implements AsyncDisposable {
  readonly node: string;
  readonly hello: AgentHello;
  /** Resolves with the reason when the connection is gone, also after it was disposed of. */
  readonly lost: Promise<string>;
  readonly #running: RunningCommand;
  readonly #writer: FrameWriter;
  readonly #times: AgentTimes;
  readonly #slots = new Map<number, Slot>();
  /** Slots that were used, longest ago first. */
  readonly #freeNumbers: number[] = [];
  #lastNumber = 0;
  readonly #resolveLost: (reason: string) => void;
  #heartbeat: NodeJS.Timeout | undefined;
  #lastHeardMs = performance.now();
  #gone = false;
  #closing = false;

  /** `stdout` stands behind the greeting and the hello. */
  constructor(node: string, hello: AgentHello, running: RunningCommand, stdin: Writable, times: AgentTimes, headSilenceMs: number | null) {
    this.node = node;
    this.hello = hello;
    this.#running = running;
    this.#times = times;
    this.#writer = new FrameWriter(stdin);
    const { promise, resolve } = Promise.withResolvers<string>();
    this.lost = promise;
    this.#resolveLost = resolve;
    // An agent that ends says why; only one that does not is lost for this.
    stdin.on("error", (error) => setTimeout(() => this.#lose(`can't write to its agent: ${error.message}`), LAST_WORDS_MS));
    void running.exited.then((exit) => this.#lose(`its agent ended (${exit.signal ?? `code ${exit.code}`})${indent(running.lastErrors())}`));
    this.#send({ type: "configure", version: PROTOCOL_VERSION, heartbeatMs: times.heartbeatMs, silenceMs: headSilenceMs });
    this.#watch();
  }

  /** Starts a worker in a new slot. Its owner hears everything else. */
  start(command: Omit<StartMessage, "type" | "channel">, owner: SlotOwner, maxMessageBytes?: number): Channel<FromWorker> {
    if (this.#gone) throw new LaunchError(this.node, `a worker on ${this.node}: the connection to the node is gone`);
    const number = this.#nextNumber();
    const channel = new Channel(number, this.#writer, owner, maxMessageBytes);
    this.#slots.set(number, { channel, owner });
    this.#send({ ...command, type: "start", channel: number });
    return channel;
  }

  stop(channel: number, graceMs: number): void {
    this.#send({ type: "stop", channel, graceMs });
  }

  /** Takes in what follows the hello. */
  receive(chunk: Buffer, parser: FrameParser): void {
    this.#lastHeardMs = performance.now();
    try {
      parser.push(chunk);
    } catch (error) {
      this.#lose(`its agent sent something that is no frame: ${String(error)}`);
    }
  }

  frame(kind: FrameKind, flags: number, channel: number, id: number, bytes: Buffer, start: number, end: number): void {
    if (channel === 0) {
      if (kind === FrameKind.message) this.#message(parseMessage<FromAgent>(bytes, start + HEADER_BYTES, end));
      return;
    }
    const slot = this.#slots.get(channel);
    if (slot === undefined) return;
    if (kind === FrameKind.exited) {
      this.#free(channel);
      slot.owner.exited(parseMessage<WorkerExited>(bytes, start + HEADER_BYTES, end));
    } else slot.channel.receive(kind, flags, id, bytes, start, end);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing = true;
    if (!this.#gone) this.#send({ type: "shutdown", graceMs: this.#times.endGraceMs });
    const timer = setTimeout(() => this.#running.signal("SIGKILL"), this.#times.endGraceMs + 1_000);
    await this.#running.exited;
    clearTimeout(timer);
    this.#lose("its agent ended");
  }

  #message(message: FromAgent): void {
    switch (message.type) {
      case "hello":
        return;
      case "started":
        return this.#slots.get(message.channel)?.owner.started(message.pid);
      case "notStarted": {
        const owner = this.#slots.get(message.channel)?.owner;
        this.#free(message.channel);
        return owner?.notStarted(message.reason);
      }
      case "recalled":
        return this.#slots.get(message.channel)?.owner.recalled(message.unbegun);
      default:
        message satisfies never;
    }
  }

  /** What is still on its way to a worker that is gone must not reach another one, so a slot is used again as late as possible. */
  #nextNumber(): number {
    if (this.#lastNumber < MAX_CHANNEL) return ++this.#lastNumber;
    const number = this.#freeNumbers.shift();
    if (number === undefined) throw new LaunchError(this.node, `a worker on ${this.node}: it has ${MAX_CHANNEL} already, more than a connection can tell apart`);
    return number;
  }

  #free(channel: number): void {
    if (this.#slots.delete(channel)) this.#freeNumbers.push(channel);
  }

  /** Sends signs of life and listens for them. Our own event loop may stand still for long: that is not the node's silence. */
  #watch(): void {
    let lastTickMs = performance.now();
    this.#heartbeat = setInterval(() => {
      const nowMs = performance.now();
      if (nowMs - lastTickMs > 2 * this.#times.heartbeatMs) this.#lastHeardMs = nowMs;
      lastTickMs = nowMs;
      this.#writer.frame(FrameKind.heartbeat, 0, 0, 0, new Uint8Array(0));
      const silentMs = nowMs - this.#lastHeardMs;
      if (silentMs > this.#times.silenceMs) this.#lose(`nothing was heard from its agent for ${Math.round(silentMs)} ms`);
    }, this.#times.heartbeatMs);
  }

  #lose(what: string): void {
    if (this.#gone) return;
    this.#gone = true;
    const reason = this.#closing ? "the connection was closed" : what;
    clearInterval(this.#heartbeat);
    this.#running.signal("SIGKILL");
    this.#resolveLost(reason);
    const slots = [...this.#slots.values()];
    this.#slots.clear();
    for (const { owner } of slots) owner.nodeLost(reason);
  }

  #send(message: ToAgent): void {
    this.#writer.frame(FrameKind.message, 0, 0, 0, encodeMessage(message));
  }
}

/**
 * Waits for the greeting and the hello of an agent that `running` is. Throws a `LaunchError`, with what the
 * command printed, when they do not come within `times.connectTimeoutMs`, or something else comes.
 */
export async function connectAgent(node: string, running: RunningCommand, times: AgentTimes, headSilenceMs: number | null): Promise<NodeAgent> {
  const { stdin, stdout } = running;
  if (stdin === undefined || stdout === undefined) throw new LaunchError(node, `the agent on ${node}: its command has no standard streams`);
  const greeted = greeting(stdout);
  const timer = AbortSignal.timeout(times.connectTimeoutMs);
  const ended = running.exited.then((exit) => `it ended (${exit.signal ?? `code ${exit.code}`}) before it greeted`);
  const late = new Promise<string>((resolve) => timer.addEventListener("abort", () => resolve(`it did not greet within ${times.connectTimeoutMs} ms`), { once: true }));
  const first = await Promise.race([greeted.hello, ended, late]);
  if (typeof first === "string") {
    const printed = greeted.banner().slice(0, MAX_SHOWN_BANNER);
    throw new LaunchError(node, `the agent on ${node} (${running.command.argv.join(" ")}): ${first}${indent(printed)}${indent(running.lastErrors())}`);
  }
  const agent = new NodeAgent(node, first.hello, running, stdin, times, headSilenceMs);
  const parser = new FrameParser(agent);
  agent.receive(first.rest, parser);
  stdout.on("data", (chunk: Buffer) => agent.receive(chunk, parser));
  return agent;
}

interface Greeted {
  readonly hello: AgentHello;
  /** What came behind the greeting; the hello is its first frame. */
  readonly rest: Buffer;
}

/** `hello` is a text when something else came, which tells what. */
function greeting(stdout: Readable): { readonly hello: Promise<Greeted | string>; banner(): string } {
  const scanner = new GreetingScanner();
  let rest: Buffer | undefined;
  let shown = false;
  const hello = new Promise<Greeted | string>((resolve) => {
    const onData = (chunk: Buffer): void => {
      try {
        rest = rest === undefined ? scanner.push(chunk) : Buffer.concat([rest, chunk]);
        const first = rest === undefined ? undefined : firstMessage(rest);
        if (rest === undefined || first === undefined) return;
        stdout.off("data", onData);
        resolve({ hello: first, rest });
      } catch (error) {
        stdout.off("data", onData);
        // It shows what was printed.
        shown = true;
        resolve(error instanceof Error ? error.message : String(error));
      }
    };
    stdout.on("data", onData);
  });
  return { hello, banner: () => (shown ? "" : scanner.banner) };
}

function firstMessage(bytes: Buffer): AgentHello | undefined {
  let hello: AgentHello | undefined;
  new FrameParser({
    frame: (kind, _flags, channel, _id, all, start, end) => {
      if (channel === 0 && kind === FrameKind.message) hello ??= parseMessage<AgentHello>(all, start + HEADER_BYTES, end);
    },
  }).push(bytes);
  return hello;
}

const indent = (text: string): string => (text === "" ? "" : `\n${text.replace(/^/gm, "  | ")}`);
