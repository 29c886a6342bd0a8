/**
 * One end of a channel: messages of any length between a head and one worker, over
 * the frames of a stream that other channels share.
 *
 * Flow control is by credit, end to end: the receiver grants bytes, the sender spends
 * them on data frames and waits when they are used up. No stream is ever paused, so the
 * end of a stream and every control frame are seen at once, and whoever stands between
 * (the agent) holds at most one window for each channel and direction.
 */
import {
  FrameFlag,
  type FrameHeader,
  FrameKind,
  HEADER_BYTES,
  headerOf,
  isData,
  MAX_PAYLOAD_BYTES,
  MIN_PIECE_BYTES,
  type ReceivedFrame,
  type Reused,
} from "./frame.ts";
import type { FrameWriter } from "./frame-writer.ts";
import { LongMessage, withLength } from "./long-message.ts";
import { encodeMessage, parseMessage } from "./message-frame.ts";

/** Bytes of data frames, headers included, that may be on their way in one direction. */
export const WINDOW_BYTES = 1_048_576;

/** Who receives a channel's messages. `body` may be a view on a shared buffer: decode or copy it at once. */
export interface ChannelReceiver<Message extends object> {
  /** A complete data message. */
  data(kind: FrameKind, id: number, body: Buffer): void;
  /** A control message, parsed from its JSON. */
  message(message: Message): void;
  /** A data message that is longer than the channel's limit; its bytes were dropped. */
  tooLarge(kind: FrameKind, id: number, bytes: number): void;
}

interface Outgoing {
  readonly kind: FrameKind;
  readonly id: number;
  readonly prefix: Uint8Array;
  readonly payload: Uint8Array;
  /** Bytes of the payload that are sent; -1 as long as nothing is. */
  sent: number;
}

const NOTHING = new Uint8Array(0);

/** One end of a channel: sends messages and data, and hands what arrives to its receiver. */
export class Channel<Received extends object = object> {
  /** Its number in the frames of the stream: both ends have the same. */
  readonly number: number;
  readonly #writer: FrameWriter;
  readonly #receiver: ChannelReceiver<Received>;
  readonly #maxMessageBytes: number;
  readonly #outbox: Outgoing[] = [];
  /** The header of the data frame that is being sent: one object for all, because the writer copies it. */
  readonly #header: Reused<FrameHeader>;
  #credit = WINDOW_BYTES;
  #received = 0;
  #incoming: LongMessage | undefined;

  /** `maxMessageBytes` bounds what one incoming message may be (default: no bound). */
  constructor(
    number: number,
    writer: FrameWriter,
    receiver: ChannelReceiver<Received>,
    maxMessageBytes = Number.POSITIVE_INFINITY,
  ) {
    this.number = number;
    this.#header = headerOf(FrameKind.call, number);
    this.#writer = writer;
    this.#receiver = receiver;
    this.#maxMessageBytes = maxMessageBytes;
  }

  /** Bytes that can be sent at once, without waiting for the receiver. */
  get credit(): number {
    return this.#outbox.length === 0 ? this.#credit : 0;
  }

  /** Sends a data message, `prefix` and then `payload`, after those that were sent before. `payload` may not change afterwards; `prefix` may. */
  send(kind: FrameKind, id: number, prefix: Uint8Array, payload: Uint8Array): void {
    const bytes = HEADER_BYTES + prefix.length + payload.length;
    if (this.#outbox.length === 0 && bytes <= this.#credit && prefix.length + payload.length <= MAX_PAYLOAD_BYTES) {
      this.#nextFrame(kind, 0, id);
      this.#sendFrame(payload, prefix);
      return;
    }
    // The prefix goes into the first frame: a long one becomes a part of the payload.
    if (prefix.length > MIN_PIECE_BYTES)
      this.#outbox.push({ kind, id, prefix: NOTHING, payload: Buffer.concat([prefix, payload]), sent: -1 });
    else this.#outbox.push({ kind, id, prefix: Uint8Array.from(prefix), payload, sent: -1 });
    this.#pump();
  }

  /** Sends a control message; it overtakes data. */
  sendMessage(message: object): void {
    this.#writer.frame(headerOf(FrameKind.message, this.number), encodeMessage(message));
  }

  /** Takes in a frame that came for this channel. */
  receive(frame: ReceivedFrame): void {
    if (isData(frame.kind)) {
      this.#grant(frame.end - frame.start);
      this.#receiveData(frame, frame.bytes.subarray(frame.start + HEADER_BYTES, frame.end));
    } else if (frame.kind === FrameKind.credit) {
      // Nobody can give back more than was spent.
      this.#credit = Math.min(WINDOW_BYTES, this.#credit + frame.id);
      this.#pump();
    } else if (frame.kind === FrameKind.message) {
      this.#receiver.message(parseMessage<Received>(frame.bytes, frame.start + HEADER_BYTES, frame.end));
    }
  }

  #receiveData({ kind, flags, id }: FrameHeader, payload: Buffer): void {
    if (flags === 0) return this.#receiveWhole(kind, id, payload);
    if ((flags & FrameFlag.continued) === 0) {
      this.#incoming = new LongMessage(kind, id, payload, this.#maxMessageBytes);
      return;
    }
    const incoming = this.#incoming;
    // The rest of a message that was for the slot's last worker.
    if (incoming === undefined || incoming.kind !== kind || incoming.id !== id) return;
    incoming.add(payload);
    if ((flags & FrameFlag.more) !== 0) return;
    this.#incoming = undefined;
    if (incoming.bytes > this.#maxMessageBytes) this.#receiver.tooLarge(kind, id, incoming.bytes);
    else this.#receiver.data(kind, id, incoming.whole());
  }

  #receiveWhole(kind: FrameKind, id: number, payload: Buffer): void {
    if (payload.length > this.#maxMessageBytes) this.#receiver.tooLarge(kind, id, payload.length);
    else this.#receiver.data(kind, id, payload);
  }

  /** Gives credit back in large pieces, so that it costs nothing per message. */
  #grant(bytes: number): void {
    this.#received += bytes;
    if (this.#received < WINDOW_BYTES / 2) return;
    this.#writer.frame(headerOf(FrameKind.credit, this.number, this.#received), NOTHING);
    this.#received = 0;
  }

  #pump(): void {
    let done = 0;
    for (let next = this.#outbox[0]; next !== undefined && this.#sendChunk(next); next = this.#outbox[done]) {
      if (next.sent === next.payload.length) done += 1;
    }
    // All at once: a shift costs as much as the line is long.
    if (done > 0) this.#outbox.splice(0, done);
  }

  /** Sends the next frame of a message; false when the credit does not allow it. */
  #sendChunk(message: Outgoing): boolean {
    const first = message.sent < 0;
    const from = Math.max(0, message.sent);
    const rest = message.payload.length - from;
    const space = Math.min(MAX_PAYLOAD_BYTES, this.#credit - HEADER_BYTES);
    const prefix = first ? firstPrefix(message, space) : NOTHING;
    const room = space - prefix.length;
    // A frame of a few bytes for a nearly empty window would be a waste: wait for the grant.
    if (room < Math.min(rest, MIN_PIECE_BYTES)) return false;
    const length = Math.min(room, rest);
    message.sent = from + length;
    const flags = (length < rest ? FrameFlag.more : 0) | (first ? 0 : FrameFlag.continued);
    this.#nextFrame(message.kind, flags, message.id);
    this.#sendFrame(message.payload.subarray(from, from + length), prefix);
    return true;
  }

  #nextFrame(kind: FrameKind, flags: number, id: number): void {
    this.#header.kind = kind;
    this.#header.flags = flags;
    this.#header.id = id;
  }

  /** Spends credit on the frame that `#header` announces. */
  #sendFrame(payload: Uint8Array, prefix: Uint8Array): void {
    this.#credit -= HEADER_BYTES + prefix.length + payload.length;
    this.#writer.frame(this.#header, payload, prefix);
  }
}

/** What stands before the payload in a message's first frame, which has `space` bytes. */
function firstPrefix({ prefix, payload }: Outgoing, space: number): Uint8Array {
  const bytes = prefix.length + payload.length;
  return bytes <= space ? prefix : withLength(bytes, prefix);
}
