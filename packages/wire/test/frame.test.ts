import { isDeepStrictEqual } from "node:util";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  answerPrefix,
  attemptOf,
  callPrefix,
  channelOfBeginning,
  FrameFlag,
  FrameKind,
  FrameParser,
  functionIndexOf,
  HEADER_BYTES,
  isData,
  MAX_PAYLOAD_BYTES,
  MIN_PIECE_BYTES,
  ranMsOf,
  setFrameChannel,
  setFrameKind,
  valueOf,
} from "../src/frame.ts";
import { WireError } from "../src/wire-error.ts";
import { anyCuts, anyFrame, cut, type Frame, frameBytes, FrameCollector, patternOf } from "./frames.ts";

const call: Frame = { kind: FrameKind.call, flags: 0, channel: 3, id: 7, payload: Buffer.from("input") };

describe("frames survive the stream", () => {
  it("whatever pieces it comes in", () => {
    fc.assert(
      fc.property(fc.array(anyFrame, { maxLength: 12 }), anyCuts, (frames, cuts) => {
        const { found, parser } = parse(Buffer.concat(frames.map(frameBytes)), cuts);
        return isDeepStrictEqual(found, frames) && !parser.incomplete;
      }),
    );
  });

  it.each([0, 1, 5, MAX_PAYLOAD_BYTES])("byte by byte, with a payload of %i bytes", (length) => {
    const frames = [{ ...call, payload: patternOf(length, 1) }, call];
    expect(parse(Buffer.concat(frames.map(frameBytes)), [1]).found).toEqual(frames);
  });

  it("with all bits of a header in use", () => {
    const frame = {
      kind: FrameKind.exited,
      flags: FrameFlag.continued,
      channel: 0xff_ff,
      id: 0xff_ff_ff_ff,
      payload: patternOf(MAX_PAYLOAD_BYTES, 9),
    };
    expect(parse(frameBytes(frame), [65_536]).found).toEqual([frame]);
  });

  it("and empty pieces between them do nothing", () => {
    const collector = new FrameCollector();
    const parser = new FrameParser(collector);
    for (const byte of cut(frameBytes(call), [1])) {
      parser.push(Buffer.alloc(0));
      parser.push(byte);
    }
    expect(collector.frames).toEqual([call]);
  });
});

describe("a stream that was cut short", () => {
  it("gives the whole frames and says that the last one is incomplete", () => {
    fc.assert(
      fc.property(
        fc.array(anyFrame, { minLength: 1, maxLength: 6 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        anyCuts,
        (frames, share, cuts) => {
          const encoded = frames.map(frameBytes);
          const kept = Math.floor(share * encoded.reduce((sum, { length }) => sum + length, 0));
          const ends = encoded.map((_, i) => encoded.slice(0, i + 1).reduce((sum, { length }) => sum + length, 0));
          const { found, parser } = parse(Buffer.concat(encoded).subarray(0, kept), cuts);
          expect(found).toEqual(frames.filter((_, i) => (ends[i] ?? 0) <= kept));
          expect(parser.incomplete).toBe(kept > 0 && !ends.includes(kept));
        },
      ),
    );
  });
});

describe("bytes that are no frame", () => {
  it.each([
    ["a length beyond the longest payload", withHeader({ length: MAX_PAYLOAD_BYTES + 1 })],
    ["a length of four gigabytes", withHeader({ length: 0xff_ff_ff_ff })],
    ["an unknown kind of control", withHeader({ kind: 4 })],
    ["an unknown kind of data", withHeader({ kind: 255 })],
    ["kind 0, as in a run of zeros", Buffer.alloc(64)],
    ["a short piece of a message that goes on", withHeader({ flags: FrameFlag.more, length: MIN_PIECE_BYTES - 1 })],
    ["text", Buffer.from("Segmentation fault (core dumped)\n")],
  ])("are refused at their header: %s", (_, bytes) => {
    for (const cuts of [[bytes.length], [1], [5]]) {
      expect(() => parse(Buffer.concat([frameBytes(call), bytes]), cuts)).toThrow(
        expect.objectContaining({ name: "WireError", code: "bad-frame" }),
      );
    }
  });

  it("are refused as soon as the header is there, before anything is kept for them", () => {
    const parser = new FrameParser(new FrameCollector());
    const header = withHeader({ length: MAX_PAYLOAD_BYTES + 1 });
    parser.push(header.subarray(0, HEADER_BYTES - 1));
    expect(() => parser.push(header.subarray(HEADER_BYTES - 1))).toThrow("kind 16, length 65537");
  });

  it("stay refused when the stream goes on", () => {
    const parser = new FrameParser(new FrameCollector());
    parser.push(withHeader({ kind: 99 }).subarray(0, 4));
    for (let attempt = 0; attempt < 3; attempt++)
      expect(() => parser.push(withHeader({ kind: 99 }).subarray(4))).toThrow(WireError);
  });

  it("never do worse than a WireError, whatever they are", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), anyCuts, (bytes, cuts) => {
        survived(Buffer.from(bytes), cuts);
      }),
      { numRuns: 300 },
    );
  });

  it("never do worse than a WireError when a bit of good frames flips, and what stands before it arrives", () => {
    fc.assert(
      fc.property(
        fc.array(anyFrame, { minLength: 1, maxLength: 5 }),
        fc.nat(),
        fc.integer({ min: 0, max: 7 }),
        anyCuts,
        (frames, place, bit, cuts) => {
          const bytes = Buffer.concat(frames.map(frameBytes));
          const at = place % bytes.length;
          bytes[at] = (bytes[at] ?? 0) ^ (1 << bit);
          let end = 0;
          const before = frames.filter((frame) => (end += HEADER_BYTES + frame.payload.length) <= at);
          expect(survived(bytes, cuts).slice(0, before.length)).toEqual(before);
        },
      ),
    );
  });
});

it("kinds below 16 are control, the others data", () => {
  expect(Object.values(FrameKind).filter((kind) => !isData(kind))).toEqual([
    FrameKind.message,
    FrameKind.credit,
    FrameKind.heartbeat,
  ]);
});

function parse(
  bytes: Buffer,
  cuts: readonly number[],
): { readonly found: readonly Frame[]; readonly parser: FrameParser } {
  const collector = new FrameCollector();
  const parser = new FrameParser(collector);
  for (const piece of cut(bytes, cuts)) parser.push(piece);
  return { found: collector.frames, parser };
}

/** The frames that were found until the parser gave up, or until the end. */
function survived(bytes: Buffer, cuts: readonly number[]): readonly Frame[] {
  const collector = new FrameCollector();
  const parser = new FrameParser(collector);
  try {
    for (const piece of cut(bytes, cuts)) parser.push(piece);
  } catch (error) {
    expect(error).toBeInstanceOf(WireError);
  }
  return collector.frames;
}

function withHeader({ length = 0, kind = FrameKind.call as number, flags = 0 }): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt32LE(length, 0);
  header.writeUInt8(kind, 4);
  header.writeUInt8(flags, 5);
  return header;
}

describe("what stands in a payload is read as it was written", () => {
  const u16 = fc.nat(0xff_ff);
  const bytes = fc.uint8Array({ maxLength: 20 });

  it("of a call", () => {
    fc.assert(
      fc.property(u16, u16, bytes, (index, attempt, input) => {
        const payload = Buffer.concat([callPrefix(index, attempt), input]);
        expect([functionIndexOf(payload), attemptOf(payload)]).toEqual([index, attempt]);
        expect(valueOf(payload)).toEqual(Buffer.from(input));
      }),
    );
  });

  it("of an answer, to the microsecond, of runs of up to 71 minutes", () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 4_294_967, noNaN: true }), bytes, (ranMs, output) => {
        const payload = Buffer.concat([answerPrefix(ranMs), output]);
        expect(Math.abs(ranMsOf(payload) - ranMs)).toBeLessThan(0.001);
        expect(valueOf(payload)).toEqual(Buffer.from(output));
      }),
    );
    expect(ranMsOf(Buffer.from(answerPrefix(1e12)))).toBe(4_294_967.295);
  });
});

it("a relay changes a frame's kind and channel, and nothing else", () => {
  fc.assert(
    fc.property(anyFrame, fc.nat(0xff_ff), (frame, channel) => {
      const bytes = frameBytes({ ...frame, kind: FrameKind.call, flags: 0, payload: call.payload });
      setFrameKind(bytes, FrameKind.callAlone);
      setFrameChannel(bytes, channel);
      expect(bytes).toEqual(
        frameBytes({ ...frame, kind: FrameKind.callAlone, flags: 0, channel, payload: call.payload }),
      );
      expect(channelOfBeginning(bytes)).toBe(channel);
      expect(channelOfBeginning(bytes.subarray(0, 7))).toBeUndefined();
    }),
  );
});
