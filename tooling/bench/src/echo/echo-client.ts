/** The head's end of an echo: frames out, frames back, over whatever streams lead there. */
import type { Readable, Writable } from "node:stream";
import { echoFrame, EchoKind, ECHO_HEADER_BYTES, frameCutter, targetOf } from "./echo-frame.ts";
import { frameOutput, type WriteMode } from "./frame-output.ts";

/** About what a call with a small input takes on its way. */
const MESSAGE_BYTES = 60;
const BULK_BYTES = 65_536;

/** One thing at a time may be asked of it. */
export class EchoClient {
  readonly #write: (frame: Buffer) => void;
  readonly #messages: readonly Buffer[];
  #received: (frame: Buffer) => void = ignore;
  #failed: (error: Error) => void = ignore;

  /** `echos`: how many echo processes there are at the other end. */
  constructor(input: Readable, output: Writable, writes: WriteMode, echos: number) {
    this.#write = frameOutput(output, writes);
    this.#messages = Array.from({ length: echos }, (_, i) => echoFrame(i, EchoKind.echo, MESSAGE_BYTES));
    input.on(
      "data",
      frameCutter((frame) => this.#received(frame)),
    );
    input.once("close", () => this.#failed(new Error("The echo ended while it was measured")));
  }

  /** Resolves when all echo processes answer. */
  ready(): Promise<void> {
    return this.pipelined(this.#messages.length, 1);
  }

  /** One small message to the first echo process and back. */
  roundTrip(): Promise<void> {
    return this.#exchange(1, () => this.#send(0));
  }

  /** `count` small messages there and back, `window` of them under way for each echo process. */
  pipelined(count: number, window: number): Promise<void> {
    let sent = 0;
    const send = (target: number): void => {
      if (sent === count) return;
      sent += 1;
      this.#send(target);
    };
    const begin = (): void => {
      for (let i = 0; i < window; i += 1) for (const target of this.#messages.keys()) send(target);
    };
    return this.#exchange(count, begin, (frame) => send(targetOf(frame)));
  }

  /** So many bytes to the first echo process; resolves when it has read them. */
  upload(bytes: number): Promise<void> {
    const bulk = echoFrame(0, EchoKind.swallow, BULK_BYTES);
    return this.#exchange(1, () => {
      for (let sent = 0; sent < bytes; sent += BULK_BYTES) this.#write(bulk);
      this.#send(0);
    });
  }

  /** So many bytes from the first echo process. */
  download(bytes: number): Promise<void> {
    const bulk = echoFrame(0, EchoKind.repeat, BULK_BYTES);
    const count = Math.ceil(bytes / BULK_BYTES);
    bulk.writeUInt32LE(count, ECHO_HEADER_BYTES);
    return this.#exchange(count, () => this.#write(bulk));
  }

  #send(target: number): void {
    const message = this.#messages[target];
    if (message !== undefined) this.#write(message);
  }

  /** Resolves when so many frames have come back; `each` hears of every one. */
  #exchange(answers: number, begin: () => void, each: (frame: Buffer) => void = ignore): Promise<void> {
    return new Promise((resolve, reject) => {
      let left = answers;
      this.#failed = reject;
      this.#received = (frame) => {
        each(frame);
        left -= 1;
        if (left === 0) resolve();
      };
      begin();
    });
  }
}

const ignore = (): void => undefined;
