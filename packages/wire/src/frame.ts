/**
 * The frame: the unit of every byte stream between head, agent and worker.
 * ```
 * offset  size  field
 *      0    u32  payload length in bytes, at most 65,536 (little endian, as all fields)
 *      4    u8   kind        what the payload is (`FrameKind`)
 *      5    u8   flags       more: the message goes on in the channel's next frame of this kind; the payload then has at
 *                            least 32,768 bytes, and in the first frame begins with the length of the whole (u48)
 *                            continued: this is not the first frame of its message
 *      6    u16  channel     0 is the agent itself, n the worker in its n-th slot
 *      8    u32  id          a call's id; for `credit` the number of bytes granted
 *     12         payload
 * ```
 *
 * The payload of a call and of its answer:
 * ```
 * call      0    u16  the function's index, from its `define` message
 *           2    u16  attempt, from 1 on
 *           4         the encoded input
 * answer    0    u32  how long the function ran, in microseconds (4,294,967,295: so long or longer)
 *           4         the encoded output, or failure
 * ```
 *
 * An agent routes by `channel` and looks into no payload. Payloads are short, so that one huge result can't hold up a heartbeat,
 * and a reader never needs to buffer more than one of them.
 */
import { WireError } from "./wire-error.ts";

const KIND_AT = 4;
const CHANNEL_AT = 6;

/** Bytes before each payload. */
export const HEADER_BYTES = 12;

/** The longest payload of one frame, in bytes; longer messages are cut into several. */
export const MAX_PAYLOAD_BYTES = 65_536;

/** The shortest payload of a frame that is not the last of its message, so that a message has few frames for its bytes. */
export const MIN_PIECE_BYTES = MAX_PAYLOAD_BYTES / 2;

/** What a frame carries. Kinds below 16 are control: they overtake data and need no credit. */
export const FrameKind = {
  /** One JSON control message (see messages.ts). */
  message: 1,
  /** `id` more bytes of data frames may be sent on this channel. */
  credit: 2,
  /** A sign of life, with nothing in it. */
  heartbeat: 3,
  /** A call: function index, attempt, then the encoded input. */
  call: 16,
  /** A call's result: run time, then the encoded output as the function returned it. */
  result: 17,
  /** A call's failure: run time, then the encoded failure. */
  failure: 18,
  /** Head to agent: take back the calls that the worker has not begun. Agent to worker: they are taken back. */
  recall: 19,
  /** A call to a worker that has no other one: it begins at once, and can't be taken back. */
  callAlone: 21,
  /** Head to worker: files as they were when the program began (`KeptCode`, encoded). */
  code: 22,
  /** Between a program and the head of its Slurm job: an encoded message of any length. */
  letter: 23,
  /** Agent to head: the worker is gone (`WorkerExited` as JSON). In line behind its last results; needs no credit. */
  exited: 20,
} as const;
/** The number of a kind. */
export type FrameKind = (typeof FrameKind)[keyof typeof FrameKind];

/** Bits of a frame's flags. */
export const FrameFlag = { more: 1, continued: 2 } as const;

/** Whether frames of this kind are data: sent in order, and only against credit. */
export const isData = (kind: number): boolean => kind >= 16;

const KINDS: ReadonlySet<number> = new Set<number>(Object.values(FrameKind));

/** What a frame's header says, beside the length of the payload; the table above has the ranges. */
export interface FrameHeader {
  /** What the payload is. */
  readonly kind: FrameKind;
  /** Bits of `FrameFlag`. */
  readonly flags: number;
  /** Whom the frame is for, or from: 0 is the agent itself. */
  readonly channel: number;
  /** The call's id; the number of bytes in a grant of credit. */
  readonly id: number;
}

/** `T` as an object that is used again and again, in the place of new ones. */
export type Reused<T> = { -readonly [Part in keyof T]: T[Part] };

/** The header of a frame that is a whole message by itself: without flags. */
export const headerOf = (kind: FrameKind, channel: number, id = 0): FrameHeader => ({ kind, flags: 0, channel, id });

/** Writes the header of a frame with a payload of `length` bytes into `target` at `at`. */
export function writeHeader({ kind, flags, channel, id }: FrameHeader, length: number, target: Buffer, at = 0): void {
  target.writeUInt32LE(length, at);
  target[at + KIND_AT] = kind;
  target[at + 5] = flags;
  target.writeUInt16LE(channel, at + CHANNEL_AT);
  target.writeUInt32LE(id, at + 8);
}

/** Writes another kind into a frame. */
export const setFrameKind = (frame: Buffer, kind: FrameKind): number => frame.writeUInt8(kind, KIND_AT);
/** Writes another channel into a frame. */
export const setFrameChannel = (frame: Buffer, channel: number): number => frame.writeUInt16LE(channel, CHANNEL_AT);
/** The channel of a frame of which only `beginning` has come; undefined where that is too little. */
export const channelOfBeginning = (beginning: Buffer): number | undefined =>
  beginning.length < CHANNEL_AT + 2 ? undefined : beginning.readUInt16LE(CHANNEL_AT);

/** What stands before the input of a call, and before the output or failure of its answer, in bytes. */
export const PREFIX_BYTES = 4;
/** One array for all prefixes: the sender copies it. */
const prefix = new Uint8Array(PREFIX_BYTES);
const prefixView = new DataView(prefix.buffer);

/** What stands before the input of a call; to be sent before the next one is made. */
export function callPrefix(functionIndex: number, attempt: number): Uint8Array {
  prefixView.setUint16(0, functionIndex, true);
  prefixView.setUint16(2, attempt, true);
  return prefix;
}

/** Which function a call is for: the index of its `define` message. */
export const functionIndexOf = (call: Buffer): number => call.readUInt16LE(0);
/** Which attempt a call is, from 1 on. */
export const attemptOf = (call: Buffer): number => call.readUInt16LE(2);

/** What stands before the output of a call, or its failure; to be sent before the next one is made. */
export function answerPrefix(ranMs: number): Uint8Array {
  prefixView.setUint32(0, Math.min(0xff_ff_ff_ff, Math.round(ranMs * 1_000)), true);
  return prefix;
}

/** How long the function ran, in milliseconds. */
export const ranMsOf = (answer: Buffer): number => answer.readUInt32LE(0) / 1_000;

/** The encoded input of a call, or the encoded output or failure of an answer. */
export const valueOf = (payload: Buffer): Buffer => payload.subarray(PREFIX_BYTES);

/** A frame where it stands in the bytes that came from a stream. */
export interface ReceivedFrame extends FrameHeader {
  /** What came from the stream: this frame, and maybe others around it. */
  readonly bytes: Buffer;
  /** Where in `bytes` the frame starts; its payload starts at `start + HEADER_BYTES`. */
  readonly start: number;
  /** Where in `bytes` the frame, and its payload, end. */
  readonly end: number;
}

/** Who receives parsed frames. */
export interface FrameReceiver {
  /** Takes in the next frame. A parser has one object for all its frames: read what you need of it before you return. */
  frame(frame: ReceivedFrame): void;
}

const NOTHING = Buffer.alloc(0);

/** Cuts a byte stream into frames, whatever pieces the stream comes in. */
export class FrameParser {
  readonly #receiver: FrameReceiver;
  /** The frame that is being delivered: one object for all, because an object for each costs more than to parse it. */
  readonly #frame: Reused<ReceivedFrame> = { ...headerOf(FrameKind.message, 0), bytes: NOTHING, start: 0, end: 0 };
  /** The frame that the stream stopped in: room for all of it, or for the header while that is not complete. */
  #partial = NOTHING;
  /** How many bytes of `#partial` have come. */
  #filled = 0;

  /** Hands the frames to `receiver`. */
  constructor(receiver: FrameReceiver) {
    this.#receiver = receiver;
  }

  /** Whether the stream stopped in the middle of a frame. */
  get incomplete(): boolean {
    return this.#filled > 0;
  }

  /**
   * Takes in the next piece of the stream.
   *
   * @throws WireError `bad-frame` when a header can't be one: nothing that follows can be trusted, so end the stream
   */
  push(chunk: Buffer): void {
    let start = this.#filled === 0 ? 0 : this.#complete(chunk);
    while (chunk.length - start >= HEADER_BYTES) {
      const end = start + frameLength(chunk, start);
      if (end > chunk.length) break;
      this.#deliver(chunk, start, end);
      start = end;
    }
    if (start < chunk.length) this.#keep(chunk.subarray(start));
    this.#frame.bytes = NOTHING;
  }

  #deliver(bytes: Buffer, start: number, end: number): void {
    const frame = this.#frame;
    frame.kind = bytes.readUInt8(start + KIND_AT) as FrameKind;
    frame.flags = bytes.readUInt8(start + 5);
    frame.channel = bytes.readUInt16LE(start + CHANNEL_AT);
    frame.id = bytes.readUInt32LE(start + 8);
    frame.bytes = bytes;
    frame.start = start;
    frame.end = end;
    this.#receiver.frame(frame);
  }

  /** Begins a frame of which only `bytes` have come. However many pieces it comes in, each byte is copied once. */
  #keep(bytes: Buffer): void {
    this.#partial = Buffer.allocUnsafe(bytes.length < HEADER_BYTES ? HEADER_BYTES : frameLength(bytes, 0));
    this.#filled = bytes.copy(this.#partial);
  }

  /** Gives the frame that has begun what it lacks; returns where in `chunk` the next one starts. */
  #complete(chunk: Buffer): number {
    let taken = this.#fill(chunk, 0);
    if (this.#filled === HEADER_BYTES && this.#partial.length === HEADER_BYTES) {
      this.#keep(this.#partial);
      taken = this.#fill(chunk, taken);
    }
    if (this.#filled < this.#partial.length) return taken;
    this.#filled = 0;
    this.#deliver(this.#partial, 0, this.#partial.length);
    return taken;
  }

  #fill(chunk: Buffer, from: number): number {
    const copied = chunk.copy(this.#partial, this.#filled, from);
    this.#filled += copied;
    return from + copied;
  }
}

/** The length of the frame whose header stands in `bytes` at `start`. */
function frameLength(bytes: Buffer, start: number): number {
  const length = bytes.readUInt32LE(start);
  const kind = bytes.readUInt8(start + KIND_AT);
  const more = (bytes.readUInt8(start + 5) & FrameFlag.more) !== 0;
  if (length > MAX_PAYLOAD_BYTES || !KINDS.has(kind) || (more && length < MIN_PIECE_BYTES))
    throw badFrame(length, kind);
  return HEADER_BYTES + length;
}

const badFrame = (length: number, kind: number): WireError =>
  new WireError(
    "bad-frame",
    `Received bytes that are no frame (kind ${kind}, length ${length}; the longest payload is ${MAX_PAYLOAD_BYTES}). ` +
      "Something else writes to the stream of frames, or the two ends run different versions of hyperion-ts.",
  );
