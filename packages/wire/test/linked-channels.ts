/** Channels over one in-memory stream in each direction, which cuts what is written into pieces of its own. */
import { Writable } from "node:stream";
import { Channel, type ChannelReceiver } from "../src/channel.ts";
import { type FrameKind, FrameParser } from "../src/frame.ts";
import { FrameWriter } from "../src/frame-writer.ts";
import { cut } from "./frames.ts";

export interface Arrived {
  readonly kind: FrameKind;
  readonly id: number;
  readonly body: Buffer;
}

/** One end of a channel, and what has arrived there. */
export class End implements ChannelReceiver<object> {
  readonly channel: Channel;
  readonly arrived: Arrived[] = [];
  readonly messages: object[] = [];
  readonly refused: { readonly kind: FrameKind; readonly id: number; readonly bytes: number }[] = [];

  constructor(number: number, writer: FrameWriter, maxMessageBytes?: number) {
    this.channel = new Channel(number, writer, this, maxMessageBytes);
  }

  data(kind: FrameKind, id: number, body: Buffer): void {
    this.arrived.push({ kind, id, body: Buffer.from(body) });
  }

  message(message: object): void {
    this.messages.push(message);
  }

  tooLarge(kind: FrameKind, id: number, bytes: number): void {
    this.refused.push({ kind, id, bytes });
  }
}

export interface Link {
  readonly head: readonly End[];
  readonly worker: readonly End[];
}

/** `channels` channels between a head and workers; streams are cut at `cuts`. */
export function link({
  channels = 1,
  cuts = [65_536],
  maxMessageBytes,
}: {
  channels?: number;
  cuts?: readonly number[];
  maxMessageBytes?: number;
}): Link {
  const ends = (writer: FrameWriter): End[] =>
    Array.from({ length: channels }, (_, number) => new End(number + 1, writer, maxMessageBytes));
  const worker = ends(new FrameWriter(cutStream(cuts, (chunk) => toHead.push(chunk))));
  const head = ends(new FrameWriter(cutStream(cuts, (chunk) => toWorker.push(chunk))));
  const toHead = parserFor(head);
  const toWorker = parserFor(worker);
  return { head, worker };
}

const cutStream = (cuts: readonly number[], receive: (chunk: Buffer) => void): Writable =>
  new Writable({
    write(chunk: Buffer, _encoding, done) {
      for (const piece of cut(chunk, cuts)) receive(piece);
      setImmediate(done);
    },
  });

const parserFor = (ends: readonly End[]): FrameParser =>
  new FrameParser({
    frame: (frame) => ends[frame.channel - 1]?.channel.receive(frame),
  });
