/**
 * One end of a link: messages both ways over one byte stream, whatever carries it. The head greets, so that the program can skip
 * what a login shell prints before. Short messages overtake letters, which may be of any length and come in their order. A link on
 * which nothing is heard for ten seconds, not even a sign of life, is given up: its network is cut, or the other end stands still.
 */
import type { Readable, Writable } from "node:stream";
import { every, showDuration, type Timer } from "@hyperion-ts/bounds";
import { Silence } from "@hyperion-ts/transport/silence";
import {
  Channel,
  decodeValue,
  encodeValue,
  FrameKind,
  FrameParser,
  FrameWriter,
  GREETING,
  GreetingScanner,
  headerOf,
} from "@hyperion-ts/wire";

/** A sign of life is sent so often. */
const HEARTBEAT_MS = 2_000;
const SILENCE_MS = 10_000;

/** Both ends have this channel alone. */
const CHANNEL = 1;
const NOTHING = new Uint8Array(0);

/** What a link is made of. */
export interface LinkEnds {
  readonly input: Readable;
  readonly output: Writable;
  /** Whether this end greets: the head does. */
  readonly greets: boolean;
}

/** Who has this end of the link. */
export interface LinkOwner {
  /** A message, as the other end has sent it: not checked yet. What this throws ends the link. */
  heard(message: unknown): void;
}

/** One end of a link. */
export class LinkStream implements Disposable {
  /** Resolves with the reason when the link has ended; never rejects. */
  readonly ended: Promise<string>;
  readonly #ends: LinkEnds;
  readonly #owner: LinkOwner;
  readonly #ended = Promise.withResolvers<string>();
  readonly #scanner: GreetingScanner | undefined;
  readonly #channel: Channel;
  readonly #parser: FrameParser;
  readonly #silence = new Silence();
  readonly #heartbeat: Timer;
  #isGreeted: boolean;
  #isOver = false;

  constructor(ends: LinkEnds, owner: LinkOwner) {
    const { input, output, greets } = ends;
    this.#ends = ends;
    this.#owner = owner;
    this.ended = this.#ended.promise;
    this.#isGreeted = greets;
    this.#scanner = greets ? undefined : new GreetingScanner();
    if (greets) output.write(GREETING);
    // Some sessions pass whole lines on only.
    const writer = new FrameWriter(output, { lines: greets });
    this.#channel = new Channel(CHANNEL, writer, {
      data: (_kind, _id, body) => this.#owner.heard(decodeValue(body)),
      message: (message) => this.#owner.heard(message),
      tooLarge: () => undefined,
    });
    this.#parser = new FrameParser({
      frame: (frame) => {
        if (frame.channel === CHANNEL && !this.#isOver) this.#channel.receive(frame);
      },
    });
    this.#heartbeat = every(HEARTBEAT_MS, () => {
      writer.frame(headerOf(FrameKind.heartbeat, 0), NOTHING);
      const silentMs = this.#silence.look(HEARTBEAT_MS);
      if (silentMs > SILENCE_MS) this.end(`nothing was heard for ${showDuration(silentMs)}`);
    });
    input.on("data", (chunk: Buffer) => this.#take(chunk));
    input.once("close", () =>
      this.end(this.#isGreeted ? "the connection was closed" : `no head has greeted${this.#said()}`),
    );
    input.on("error", (error) => this.end(error.message));
    output.on("error", (error) => this.end(error.message));
  }

  /** Sends a short message, before letters that wait. */
  send(message: object): void {
    this.#channel.sendMessage(message);
  }

  /** Sends a message of any length, in line. */
  post(message: object): void {
    this.#channel.send(FrameKind.letter, 0, NOTHING, encodeValue(message));
  }

  /** Ends it; what the other end has not got yet is lost. */
  end(reason: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#heartbeat[Symbol.dispose]();
    this.#ends.input.destroy();
    this.#ends.output.destroy();
    this.#ended.resolve(reason);
  }

  [Symbol.dispose](): void {
    this.end("it is over");
  }

  #take(chunk: Buffer): void {
    if (this.#isOver) return;
    this.#silence.heard();
    try {
      const rest = this.#isGreeted ? chunk : this.#scanner?.push(chunk);
      if (rest === undefined) return;
      this.#isGreeted = true;
      this.#parser.push(rest);
    } catch (error) {
      this.end(`the other end has sent what is no message of a link: ${String(error)}`);
    }
  }

  #said(): string {
    const banner = this.#scanner?.banner ?? "";
    return banner === "" ? "" : `; what came is ${JSON.stringify(banner.slice(0, 200))}`;
  }
}
