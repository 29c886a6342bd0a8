/** A stream whose other end takes bytes only when a test says so. */
import { Writable } from "node:stream";

/** Gathers many chunks into one write, as sockets and pipes do. */
export class SlowStream extends Writable {
  /** What was taken, one buffer for each write. */
  readonly writes: Buffer[] = [];
  /** The write that the other end has not taken. */
  #waiting: { readonly bytes: Buffer; readonly taken: () => void } | undefined;
  #open: boolean;

  /** `open`: whether writes are taken at once. */
  constructor({ open = true, highWaterMark = 65_536 } = {}) {
    super({ highWaterMark });
    this.#open = open;
  }

  /** All bytes that were taken. */
  get bytes(): Buffer {
    return Buffer.concat(this.writes);
  }

  override _write(chunk: Buffer, _encoding: string, taken: () => void): void {
    this.#waiting = { bytes: chunk, taken };
    if (this.#open) this.take();
  }

  override _writev(chunks: { chunk: Buffer }[], taken: () => void): void {
    this._write(Buffer.concat(chunks.map(({ chunk }) => chunk)), "buffer", taken);
  }

  /** Takes the one write that waits, if any. */
  take(): void {
    const waiting = this.#waiting;
    if (waiting === undefined) return;
    this.#waiting = undefined;
    this.writes.push(waiting.bytes);
    waiting.taken();
  }

  /** Takes everything from now on. */
  open(): void {
    this.#open = true;
    this.take();
  }
}
