/**
 * The agent's end of the byte stream to its head: standard input and output, or a connection of its own that the head has asked
 * for. It never stops reading, so that the end of its input, which is the end of the head, is seen at once; and it listens
 * for signs of life, because a cut network ends nothing.
 */
import type { Readable, Writable } from "node:stream";
import { showDuration } from "@hyperion-ts/bounds/show-value";
import { every } from "@hyperion-ts/bounds/timer";
import {
  encodeMessage,
  FrameKind,
  FrameParser,
  type FrameReceiver,
  FrameWriter,
  type FromAgent,
  GREETING,
  headerOf,
  type ToAgent,
} from "@hyperion-ts/wire/frames";
import { Silence } from "@hyperion-ts/transport/silence";
import { HeadLink } from "./head-link.ts";

/** Set by a transport whose streams pass whole lines on only (srun, of the package transport). */
const LINE_STREAM = "HYPERION_LINE_STREAM";

/** A head that does not answer the greeting for so long has given this agent up; its event loop may stand still for 30 s. */
const UNANSWERED_MS = 45_000;

const WITHOUT_PORT = "Over ssh frames need no port: choose that transport, or `reach: { tls: false }`.";

const NOTHING = new Uint8Array(0);

/** Hears all that comes over the connection. */
export interface HeadListener extends FrameReceiver {
  /** A chunk has come; its frames follow. */
  called(): void;
  /** The connection is of no use any more. `unheard`: the head fell silent, and may live somewhere. */
  headIsGone(why: string, how: "ended" | "unusable" | "unheard"): void;
}

/** The agent's connection to its head. It greets as soon as it is made. */
export class HeadConnection {
  readonly #listener: HeadListener;
  /** The greeting: what this node is. */
  readonly #hello: Uint8Array;
  readonly #silence = new Silence();
  #writer: FrameWriter;
  #link = HeadLink.ofSsh(process.env);
  readonly #unanswered = setTimeout(
    () =>
      this.#listener.headIsGone(`the head did not answer the greeting within ${showDuration(UNANSWERED_MS)}`, "ended"),
    UNANSWERED_MS,
  );

  /** `hello` is what the greeting says of this node; `listener` gets all that comes. */
  constructor(input: Readable, output: Writable, hello: FromAgent, listener: HeadListener) {
    this.#listener = listener;
    this.#hello = encodeMessage(hello);
    this.#writer = this.#greet(output, process.env[LINE_STREAM] === "1");
    this.#listen(input);
  }

  /** Where frames for the head go; another writer once the head has been called (`call`). */
  get writer(): FrameWriter {
    return this.#writer;
  }

  /** Sends a message of the agent itself. */
  send(message: FromAgent): void {
    this.#writer.frame(headerOf(FrameKind.message, 0), encodeMessage(message));
  }

  /** Goes on over a connection to the head's port; the end of standard input still counts as the end of the head. */
  async call(head: Extract<ToAgent, { type: "connect" }>): Promise<void> {
    try {
      // TLS has its memory, and most agents do without it.
      const { callHead } = await import("@hyperion-ts/transport/link");
      const socket = await callHead(head, process.env);
      this.#link = HeadLink.ofSocket(socket);
      this.#writer = this.#greet(socket, false);
      this.#listen(socket);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      this.#listener.headIsGone(`${why} ${WITHOUT_PORT}`, "unusable");
    }
  }

  /** The head has answered the greeting. */
  answered(): void {
    clearTimeout(this.#unanswered);
  }

  /** Sends signs of life, and watches for those of the head; `beat` is called each time. */
  watch(
    { heartbeatMs, silenceMs, trustAcknowledgements }: Extract<ToAgent, { type: "configure" }>,
    beat: () => void,
  ): void {
    every(heartbeatMs, () => {
      beat();
      this.#writer.frame(headerOf(FrameKind.heartbeat, 0), NOTHING);
      const silentMs = this.#silence.look(heartbeatMs);
      if (silenceMs === null || silentMs <= silenceMs) return;
      if (trustAcknowledgements && this.#link.acknowledges()) return;
      this.#listener.headIsGone(`nothing was heard from the head for ${showDuration(silentMs)}`, "unheard");
    });
  }

  /** Says hello to a head on a stream, which goes on with frames. */
  #greet(output: Writable, lines: boolean): FrameWriter {
    output.write(GREETING);
    output.on("error", (error) => this.#listener.headIsGone(`can't write to the head: ${error.message}`, "ended"));
    const writer = new FrameWriter(output, { lines });
    writer.frame(headerOf(FrameKind.message, 0), this.#hello);
    return writer;
  }

  #listen(input: Readable): void {
    const parser = new FrameParser(this.#listener);
    input.on("data", (chunk: Buffer) => {
      this.#silence.heard();
      this.#listener.called();
      try {
        parser.push(chunk);
      } catch (error) {
        this.#listener.headIsGone(`the head sent something that is no frame: ${String(error)}`, "unusable");
      }
    });
    input.on("error", (error) => this.#listener.headIsGone(`can't read from the head: ${error.message}`, "ended"));
    input.on("close", () => this.#listener.headIsGone("the head is gone", "ended"));
  }
}
