/**
 * The head's end of its one connection to a node: the agent's frames, its signs of life,
 * and the slots in which it runs workers.
 */
import { after, every, showDuration, type Timer } from "@hyperion-ts/bounds";
import {
  Channel,
  encodeMessage,
  FrameKind,
  FrameParser,
  FrameWriter,
  type FromAgent,
  type FromWorker,
  HEADER_BYTES,
  headerOf,
  type NodeMeasure,
  parseMessage,
  PROTOCOL_VERSION,
  type ReceivedFrame,
  type ToAgent,
  type WorkerExited,
} from "@hyperion-ts/wire";
import type { CommandSession } from "@hyperion-ts/transport";
import { howAgentEnded } from "./agent-end.ts";
import type { AgentHello, AgentLink } from "./agent-greeting.ts";
import type { AgentSettings } from "./agent-settings.ts";
import type { Times } from "./launcher-options.ts";
import { MAX_SLOTS, type SlotOwner, Slots } from "./slots.ts";
import { Silence } from "@hyperion-ts/transport/silence";
import { LaunchError } from "../errors.ts";

/** In which directory the workers of a node run, and why that is not the program's; `why` is null where it is. */
export type NodePlace = Pick<Extract<FromAgent, { type: "placed" }>, "directory" | "why">;
type StartMessage = Extract<ToAgent, { type: "start" }>;

/** How long an agent that no longer reads gets to say why, in milliseconds. */
const LAST_WORDS_MS = 500;

/** The connection to one agent. Disposing of it ends the agent and its workers. */
export class AgentConnection implements AsyncDisposable {
  /** The node's name in messages. */
  readonly node: string;
  /** What the agent found out about its node. */
  readonly hello: AgentHello;
  /** Resolves with the reason when the connection is gone, also after it was disposed of. */
  readonly lost: Promise<string>;
  /** Resolves when the agent has said where its workers run, also when the node is lost before. */
  readonly placed: Promise<NodePlace>;
  readonly #session: CommandSession;
  readonly #writer: FrameWriter;
  readonly #times: Times;
  readonly #slots = new Slots();
  readonly #resolveLost: (reason: string) => void;
  readonly #resolvePlaced: (place: NodePlace) => void;
  /** Those who wait for the answer of what the node uses. */
  #measuring: ((measure: NodeMeasure | undefined) => void)[] = [];
  #heartbeat: Timer | undefined;
  readonly #silence = new Silence();
  readonly #isPaused: () => Promise<boolean>;
  /** Whether somebody is being asked if the node is only paused. */
  #asking = false;
  #gone = false;
  #closing = false;

  /** The session lives as long as the agent does; `link` is its streams, or a connection of their own. */
  constructor(
    node: string,
    link: AgentLink,
    session: CommandSession,
    { times, surroundings, isPaused = async () => false, whenHeadIsLost = [] }: AgentSettings,
  ) {
    this.node = node;
    this.hello = link.hello;
    this.#session = session;
    this.#times = times;
    this.#isPaused = () => isPaused(node);
    this.#writer = new FrameWriter(link.input);
    const { promise, resolve } = Promise.withResolvers<string>();
    this.lost = promise;
    this.#resolveLost = resolve;
    const placed = Promise.withResolvers<NodePlace>();
    this.placed = placed.promise;
    this.#resolvePlaced = placed.resolve;
    // An agent that ends says why; only one that does not is lost for this.
    const loseSoon = (what: string): void => void setTimeout(() => this.#lose(what), LAST_WORDS_MS).unref();
    link.input.on("error", (error) => loseSoon(`can't write to its agent: ${error.message}`));
    link.output.on("close", () => loseSoon("the connection to its agent was closed"));
    void session.ended.then((end) => this.#lose(howAgentEnded(end, session.lastErrors())));
    for (const variables of surroundings?.environment ?? []) this.#send({ type: "environment", variables });
    this.#send({
      type: "configure",
      version: PROTOCOL_VERSION,
      heartbeatMs: times.heartbeatMs,
      silenceMs: times.headSilenceMs === Infinity ? null : times.headSilenceMs,
      trustAcknowledgements: link.direct,
      directory: surroundings?.directory ?? null,
      folderNames: surroundings?.folderNames ?? [],
      whenHeadIsLost,
    });
    this.#listen(link);
    this.#watch();
  }

  /**
   * Starts a worker in a new slot; `owner` hears what becomes of it.
   *
   * @throws LaunchError when the connection is gone, or has as many workers as it can tell apart
   */
  start(
    command: Omit<StartMessage, "type" | "channel">,
    owner: SlotOwner,
    maxMessageBytes?: number,
  ): Channel<FromWorker> {
    if (this.#gone) throw new LaunchError(this.node, `a worker on ${this.node}: the connection to the node is gone`);
    const number = this.#slots.nextNumber();
    if (number === undefined)
      throw new LaunchError(
        this.node,
        `a worker on ${this.node}: it has ${MAX_SLOTS} already, more than a connection can tell apart`,
      );
    const channel = new Channel(number, this.#writer, owner, maxMessageBytes);
    this.#slots.set(number, { channel, owner });
    this.#send({ ...command, type: "start", channel: number });
    return channel;
  }

  /** Ends the worker on `channel`: SIGTERM, and SIGKILL after `graceMs` milliseconds. */
  stop(channel: number, graceMs: number): void {
    this.#send({ type: "stop", channel, graceMs });
  }

  /** Asks what the node and its workers use. Resolves with undefined when it is lost. */
  measure(): Promise<NodeMeasure | undefined> {
    if (this.#gone) return Promise.resolve(undefined);
    const measured = Promise.withResolvers<NodeMeasure | undefined>();
    // One answer is for all who wait for one.
    if (this.#measuring.push(measured.resolve) === 1) this.#send({ type: "measure" });
    return measured.promise;
  }

  frame(frame: ReceivedFrame): void {
    const { kind, channel, bytes, start, end } = frame;
    if (channel === 0) {
      if (kind === FrameKind.message) this.#message(parseMessage<FromAgent>(bytes, start + HEADER_BYTES, end));
      return;
    }
    const slot = this.#slots.get(channel);
    if (slot === undefined) return;
    if (kind === FrameKind.exited) {
      this.#slots.free(channel);
      slot.owner.exited(parseMessage<WorkerExited>(bytes, start + HEADER_BYTES, end));
    } else slot.channel.receive(frame);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing = true;
    if (!this.#gone) this.#send({ type: "shutdown", graceMs: this.#times.closeGraceMs });
    using _late = after(this.#times.closeGraceMs + 1_000, () => this.#session.kill());
    await this.#session.ended;
    this.#lose("its agent ended");
  }

  #listen({ output, rest }: AgentLink): void {
    const parser = new FrameParser(this);
    const receive = (chunk: Buffer): void => {
      this.#silence.heard();
      try {
        parser.push(chunk);
      } catch (error) {
        this.#lose(`its agent sent something that is no frame: ${String(error)}`);
      }
    };
    receive(rest);
    output.on("data", receive).resume();
  }

  #message(message: FromAgent): void {
    switch (message.type) {
      case "hello":
        return;
      case "placed":
        return this.#resolvePlaced(message);
      case "started":
        return this.#slots.get(message.channel)?.owner.started(message.pid);
      case "notStarted": {
        const owner = this.#slots.get(message.channel)?.owner;
        this.#slots.free(message.channel);
        return owner?.notStarted(message.reason, message.full);
      }
      case "memory":
        return this.#slots.get(message.channel)?.owner.holds(message.usedMb);
      case "usage":
        return this.#measured(message);
      case "recalled":
        return this.#slots.get(message.channel)?.owner.recalled(message.unbegun);
      default:
        message satisfies never;
    }
  }

  #measured(measure: NodeMeasure | undefined): void {
    for (const tell of this.#measuring.splice(0)) tell(measure);
  }

  /** Sends signs of life and listens for them. */
  #watch(): void {
    const { heartbeatMs, silenceMs } = this.#times;
    this.#heartbeat = every(heartbeatMs, () => {
      this.#writer.frame(headerOf(FrameKind.heartbeat, 0), new Uint8Array(0));
      const silentMs = this.#silence.look(heartbeatMs);
      if (silentMs > silenceMs && !this.#asking) void this.#judge(silentMs);
    });
  }

  async #judge(silentMs: number): Promise<void> {
    this.#asking = true;
    const paused = await this.#isPaused().catch(() => false);
    this.#asking = false;
    if (paused) this.#silence.heard();
    if (this.#silence.lastedMs() >= silentMs)
      this.#lose(`nothing was heard from its agent for ${showDuration(silentMs)}`);
  }

  #lose(what: string): void {
    if (this.#gone) return;
    this.#gone = true;
    const reason = this.#closing ? "the connection was closed" : what;
    this.#heartbeat?.[Symbol.dispose]();
    this.#session.kill();
    this.#resolveLost(reason);
    this.#resolvePlaced({ directory: "", why: null });
    this.#measured(undefined);
    for (const { owner } of this.#slots.clear()) owner.nodeLost(reason);
  }

  #send(message: ToAgent): void {
    this.#writer.frame(headerOf(FrameKind.message, 0), encodeMessage(message));
  }
}
