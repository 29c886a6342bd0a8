/** Frames as plain values, for tests: made, written as bytes, collected from a parser, and drawn at random. */
import * as fc from "fast-check";
import {
  FrameFlag,
  type FrameHeader,
  FrameKind,
  type FrameReceiver,
  HEADER_BYTES,
  MAX_PAYLOAD_BYTES,
  MIN_PIECE_BYTES,
  type ReceivedFrame,
  writeHeader,
} from "../src/frame.ts";

export interface Frame extends FrameHeader {
  readonly payload: Buffer;
}

export function frameBytes(frame: Frame): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  writeHeader(frame, frame.payload.length, header);
  return Buffer.concat([header, frame.payload]);
}

/** Keeps a copy of each frame that a parser finds. */
export class FrameCollector implements FrameReceiver {
  readonly frames: Frame[] = [];

  frame({ kind, flags, channel, id, bytes, start, end }: ReceivedFrame): void {
    this.frames.push({ kind, flags, channel, id, payload: Buffer.from(bytes.subarray(start + HEADER_BYTES, end)) });
  }
}

/** `bytes` in pieces of these sizes, over and over. */
export function* cut(bytes: Buffer, sizes: readonly number[]): Generator<Buffer> {
  for (let at = 0, piece = 0; at < bytes.length; piece++) {
    const size = sizes[piece % sizes.length] ?? bytes.length;
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

/** Sizes to cut a stream by: tiny ones, headers' lengths, a pipe's and an ssh packet's. */
export const anyCuts: fc.Arbitrary<readonly number[]> = fc.array(
  fc.oneof(
    fc.integer({ min: 1, max: 40 }),
    fc.integer({ min: 1, max: 150_000 }),
    fc.constantFrom(HEADER_BYTES, 32_768, 65_536),
  ),
  { minLength: 1, maxLength: 8 },
);

/** Bytes that differ from place to place, so that no part of them can stand for another. */
export function patternOf(length: number, seed: number): Buffer {
  const bytes = Buffer.alloc(length);
  for (let at = 0; at < length; at++) bytes[at] = (at * 31 + (at >>> 8) * 17 + seed) & 0xff;
  return bytes;
}

export const anyFrame: fc.Arbitrary<Frame> = fc
  .record({
    kind: fc.constantFrom(...Object.values(FrameKind)),
    flags: fc.constantFrom(0, 0, FrameFlag.continued, FrameFlag.more, FrameFlag.more | FrameFlag.continued),
    channel: fc.integer({ min: 0, max: 0xff_ff }),
    id: fc.integer({ min: 0, max: 0xff_ff_ff_ff }),
    length: fc.oneof(
      { weight: 4, arbitrary: fc.integer({ min: 0, max: 200 }) },
      { weight: 1, arbitrary: fc.integer({ min: 0, max: MAX_PAYLOAD_BYTES }) },
    ),
  })
  .map(({ length, ...frame }) => {
    const more = (frame.flags & FrameFlag.more) !== 0;
    return { ...frame, payload: patternOf(more ? Math.max(length, MIN_PIECE_BYTES) : length, frame.id) };
  });
