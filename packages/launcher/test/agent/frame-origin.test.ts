import { FrameKind, FrameParser, HEADER_BYTES, WireError } from "@hyperion-ts/wire";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { FrameOrigin } from "../../src/agent/frame-origin.ts";

const CHANNEL = 7_654;

function frameOf(channel: number, payload: Uint8Array): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt32LE(payload.length, 0);
  header.writeUInt8(FrameKind.result, 4);
  header.writeUInt16LE(channel, 6);
  return Buffer.concat([header, payload]);
}

/** Reads a stream in pieces of these sizes, and returns how many frames came through. */
function read(stream: Buffer, sizes: readonly number[]): number {
  let frames = 0;
  const origin = new FrameOrigin(CHANNEL);
  const parser = new FrameParser({
    frame: ({ channel, start, end }) => {
      origin.whole(channel, end - start);
      frames += 1;
    },
  });
  for (let at = 0, i = 0; at < stream.length; i++) {
    const size = sizes[i % sizes.length] ?? 1;
    const chunk = stream.subarray(at, at + size);
    origin.came(chunk);
    parser.push(chunk);
    origin.wasCut(chunk);
    at += size;
  }
  return frames;
}

const ours = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 10 });
const sizes = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 10 });

test("the worker's own frames pass, whatever pieces they come in", () => {
  fc.assert(
    fc.property(ours, sizes, (payloads, pieces) => {
      expect(read(Buffer.concat(payloads.map((payload) => frameOf(CHANNEL, payload))), pieces)).toBe(payloads.length);
    }),
  );
});

test("the beginning of a frame on another channel is refused once its channel has come, however long it says it is", () => {
  const foreign = fc.record({
    channel: fc.integer({ min: 0, max: 65_535 }).filter((channel) => channel !== CHANNEL),
    kept: fc.integer({ min: 8, max: 100 }),
  });
  fc.assert(
    fc.property(ours, foreign, sizes, (payloads, { channel, kept }, pieces) => {
      const beginning = frameOf(channel, new Uint8Array(60_000)).subarray(0, kept);
      expect(() =>
        read(Buffer.concat([...payloads.map((payload) => frameOf(CHANNEL, payload)), beginning]), pieces),
      ).toThrow(WireError);
    }),
  );
});

test("a few bytes that could begin a frame are refused when the worker's next frame comes behind them", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 7 }), sizes, (kept, pieces) => {
      const beginning = frameOf(CHANNEL + 1, new Uint8Array(60_000)).subarray(0, kept);
      expect(() => read(Buffer.concat([beginning, frameOf(CHANNEL, new Uint8Array(4))]), pieces)).toThrow(WireError);
    }),
  );
});
