/**
 * The sending side of a byte stream of frames. All frames of one turn of the event
 * loop are joined into one write (3 to 7 times the throughput of a write per frame),
 * control frames before data frames. Where frames come one at a time, with pauses between
 * them, each is written at once, because nothing would be gained by waiting for others.
 *
 * Small frames are copied into a slab, large payloads are handed on as they are.
 * Data waits here, not in the stream's own buffer, once the stream is `HIGH_WATER_BYTES`
 * behind, so that a heartbeat never stands behind megabytes of results. How much data can
 * wait is bounded by the credits of the channels (see channel.ts), not here.
 */
import type { Writable } from "node:stream";
import { setImmediate } from "node:timers";
import { type FrameHeader, FrameKind, HEADER_BYTES, headerOf, isData, writeHeader } from "./frame.ts";

/** So many bytes may wait in the stream itself before data is held back. */
const HIGH_WATER_BYTES = 262_144;
const SLAB_BYTES = 65_536;
/** Payloads from this size on are not copied. */
const BY_REFERENCE_BYTES = 8_192;

/** A frame that comes so much later than the last write, in milliseconds, came alone. */
const ALONE_MS = 0.05;
const NONE: readonly Uint8Array[] = [];

/** A sign of life whose payload is a line end. */
const LINE_END = Buffer.alloc(HEADER_BYTES + 1, "\n");
writeHeader(headerOf(FrameKind.heartbeat, 0), 1, LINE_END);

/** What a stream asks of its writer. */
export interface FrameWriterOptions {
  /** Runs before frames reach the stream, once a flush. */
  readonly beforeFlush?: () => void;
  /** Whether to end each write with a line end, for streams that pass whole lines on only (srun's). Default false. */
  readonly lines?: boolean;
}

/** Writes frames to one stream: joined into few writes, control frames first. */
export class FrameWriter {
  readonly #stream: Writable;
  readonly #control = new Batch();
  readonly #data = new Batch();
  readonly #beforeFlush: (() => void) | undefined;
  readonly #lines: boolean;
  /** Frames since the last write, and when that was. */
  #frames = 0;
  #writtenMs = Number.NEGATIVE_INFINITY;
  /** The last write had more than one frame. */
  #crowded = false;
  /** There will be a write at the end of this turn of the event loop. */
  #pending = false;

  /** Writes to `stream`, which belongs to it alone. */
  constructor(stream: Writable, { beforeFlush, lines = false }: FrameWriterOptions = {}) {
    this.#stream = stream;
    this.#beforeFlush = beforeFlush;
    this.#lines = lines;
  }

  /**
   * Queues one frame: its header, `prefix` and `payload`, which are at most MAX_PAYLOAD_BYTES long together. `payload`
   * must not change afterwards; the header and the prefix may.
   */
  frame(header: FrameHeader, payload: Uint8Array, prefix?: Uint8Array): void {
    const batch = isData(header.kind) ? this.#data : this.#control;
    batch.frame(header, payload, prefix);
    this.#schedule();
  }

  /** Queues a whole frame as it was received. */
  forward(kind: FrameKind, frame: Uint8Array): void {
    const batch = isData(kind) ? this.#data : this.#control;
    batch.bytes(frame);
    this.#schedule();
  }

  /** Hands what is queued to the stream now, instead of at the end of this turn of the event loop. What is queued for a stream that has ended is dropped. */
  flush(): void {
    this.#pending = false;
    if (this.#control.empty && this.#data.empty) return;
    this.#crowded = this.#frames > 1;
    this.#frames = 0;
    this.#writtenMs = performance.now();
    this.#beforeFlush?.();
    const stream = this.#stream;
    const control = this.#control.take(Number.POSITIVE_INFINITY);
    if (!stream.writable) {
      this.#data.take(Number.POSITIVE_INFINITY);
      return;
    }
    const room = HIGH_WATER_BYTES - stream.writableLength;
    const data = room > 0 ? this.#data.take(room) : NONE;
    const segments = control.length === 0 ? data : [...control, ...data];
    this.#writeAll(this.#lines && segments.length > 0 ? [...segments, LINE_END] : segments);
  }

  #writeAll(segments: readonly Uint8Array[]): void {
    const [only] = segments;
    if (only === undefined) return;
    if (segments.length === 1) return this.#write(only);
    this.#stream.cork();
    for (const segment of segments) this.#write(segment);
    this.#stream.uncork();
  }

  /** The write that fills the stream asks to be told when there is room again: the stream's "drain" would come only if its own mark is lower than ours. */
  #write(segment: Uint8Array): void {
    const full = this.#stream.writableLength + segment.length >= HIGH_WATER_BYTES;
    this.#stream.write(segment, full ? this.#flushAgain : undefined);
  }

  #schedule(): void {
    this.#frames += 1;
    if (this.#pending) return;
    if (!this.#crowded && performance.now() - this.#writtenMs > ALONE_MS) return this.flush();
    this.#pending = true;
    setImmediate(this.#endTurn);
  }

  readonly #flushAgain = (): void => this.flush();

  readonly #endTurn = (): void => {
    if (this.#pending) this.flush();
  };
}

/** Frames in order, as few contiguous pieces. */
class Batch {
  #segments: Uint8Array[] = [];
  #slab = Buffer.allocUnsafeSlow(SLAB_BYTES);
  #from = 0;
  #to = 0;

  frame(header: FrameHeader, payload: Uint8Array, prefix?: Uint8Array): void {
    const prefixLength = prefix === undefined ? 0 : prefix.length;
    const inline = payload.length < BY_REFERENCE_BYTES;
    this.#reserve(HEADER_BYTES + prefixLength + (inline ? payload.length : 0));
    writeHeader(header, prefixLength + payload.length, this.#slab, this.#to);
    this.#to += HEADER_BYTES;
    if (prefix !== undefined) this.#copy(prefix);
    if (inline) this.#copy(payload);
    else this.#reference(payload);
  }

  bytes(frame: Uint8Array): void {
    if (frame.length >= BY_REFERENCE_BYTES) return this.#reference(frame);
    this.#reserve(frame.length);
    this.#copy(frame);
  }

  get empty(): boolean {
    return this.#from === this.#to && this.#segments.length === 0;
  }

  /** Removes and returns the first segments, until they hold at least `room` bytes. */
  take(room: number): readonly Uint8Array[] {
    this.#seal();
    const segments = this.#segments;
    let bytes = 0;
    let count = 0;
    while (count < segments.length && bytes < room) {
      bytes += segments[count]?.length ?? 0;
      count += 1;
    }
    if (count === 0) return NONE;
    this.#segments = count === segments.length ? [] : segments.slice(count);
    return count === segments.length ? segments : segments.slice(0, count);
  }

  #copy(bytes: Uint8Array): void {
    this.#slab.set(bytes, this.#to);
    this.#to += bytes.length;
  }

  #reference(bytes: Uint8Array): void {
    this.#seal();
    this.#segments.push(bytes);
  }

  #reserve(bytes: number): void {
    if (this.#slab.length - this.#to >= bytes) return;
    this.#seal();
    this.#slab = Buffer.allocUnsafeSlow(Math.max(SLAB_BYTES, bytes));
    this.#from = this.#to = 0;
  }

  #seal(): void {
    if (this.#from === this.#to) return;
    this.#segments.push(this.#slab.subarray(this.#from, this.#to));
    this.#from = this.#to;
  }
}
