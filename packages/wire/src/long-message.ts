/**
 * A message of several frames while it arrives. Each frame's bytes are copied as they come, to where they belong: a result
 * of a gigabyte, joined at its end, would hold up a head for a second and need twice its memory.
 *
 * The first frame says how long the message will be, and nobody has to believe it: no more than eight times what has come is
 * set aside, and a message that goes on beyond its length only costs the copies that it would have cost anyway.
 */
import type { FrameKind } from "./frame.ts";

/** Bytes before the first piece of a message of several frames: its length. */
export const LENGTH_BYTES = 6;

/** The room for a message may be so many times what has come of it. */
const MAX_FORESIGHT = 8;

/** What a sender puts before the first piece of a message that has `bytes` bytes: the length, and then `prefix`. */
export function withLength(bytes: number, prefix: Uint8Array): Uint8Array {
  const longer = Buffer.allocUnsafe(LENGTH_BYTES + prefix.length);
  longer.writeUIntLE(bytes, 0, LENGTH_BYTES);
  longer.set(prefix, LENGTH_BYTES);
  return longer;
}

/** The pieces of one message, put together as they come. */
export class LongMessage {
  /** What the message is. */
  readonly kind: FrameKind;
  /** Whose it is: the call's id. */
  readonly id: number;
  readonly #announced: number;
  readonly #maxBytes: number;
  #room = Buffer.alloc(0);
  /** How many bytes have come, whether they were kept or not. */
  #bytes = 0;

  /** `first` is the payload of its first frame. Of a message that gets longer than `maxBytes` nothing is kept. */
  constructor(kind: FrameKind, id: number, first: Buffer, maxBytes: number) {
    this.kind = kind;
    this.id = id;
    this.#maxBytes = maxBytes;
    this.#announced = first.readUIntLE(0, LENGTH_BYTES);
    this.add(first.subarray(LENGTH_BYTES));
  }

  /** How many bytes have come of it, whether they were kept or not. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Takes in the next piece. */
  add(piece: Buffer): void {
    const at = this.#bytes;
    this.#bytes += piece.length;
    if (this.#bytes > this.#maxBytes) {
      this.#room = Buffer.alloc(0);
      return;
    }
    if (this.#bytes > this.#room.length) this.#grow(at);
    this.#room.set(piece, at);
  }

  /** The message, when its last piece has come. Nobody else has it. */
  whole(): Buffer {
    return this.#room.subarray(0, this.#bytes);
  }

  #grow(used: number): void {
    const wanted = this.#announced >= this.#bytes ? this.#announced : 2 * this.#bytes;
    // What is not written to takes no memory yet.
    const room = Buffer.allocUnsafeSlow(Math.min(wanted, MAX_FORESIGHT * this.#bytes));
    this.#room.copy(room, 0, 0, used);
    this.#room = room;
  }
}
