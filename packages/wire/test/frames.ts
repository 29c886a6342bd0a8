/** Frames as plain values, for tests: made, written as bytes, collected from a parser, and drawn at random. */
import * as fc from "fast-check";
import {
  FrameFlag,
  FrameKind,
  type FrameReceiver,
  HEADER_BYTES,
  MAX_PAYLOAD_BYTES,
  MIN_PIECE_BYTES,
  writeHeader,
} from "../src/frame.ts";

export interface Frame {
  readonly kind: FrameKind;
  readonly flags: number;
  readonly channel: number;
  readonly id: number;
  readonly payload: Buffer;
}

export function frameBytes({ kind, flags, channel, id, payload }: Frame): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  writeHeader(header, 0, payload.length, kind, flags, channel, id);
  return Buffer.concat([header, payload]);
}

/** Keeps a copy of each frame that a parser finds. */
export class FrameCollector implements FrameReceiver {
  readonly frames: Frame[] = [];

  frame(kind: FrameKind, flags: number, channel: number, id: number, bytes: Buffer, start: number, end: number): void {
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
