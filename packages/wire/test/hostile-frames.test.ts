/** What a peer can do to a channel that keeps to the form of frames, but not to the rules. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { setImmediate as nextTurn } from "node:timers/promises";
import * as fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { WINDOW_BYTES } from "../src/channel.ts";
import { FrameFlag, FrameKind, FrameParser, HEADER_BYTES, MAX_PAYLOAD_BYTES, MIN_PIECE_BYTES } from "../src/frame.ts";
import { FrameWriter } from "../src/frame-writer.ts";
import { LENGTH_BYTES, withLength } from "../src/long-message.ts";
import { WireError } from "../src/wire-error.ts";
import { anyFrame, type Frame, frameBytes } from "./frames.ts";
import { End } from "./linked-channels.ts";
import { SlowStream } from "./slow-stream.ts";

const { more, continued } = FrameFlag;
const call = (id: number, flags: number, length: number, fill = id): Frame => ({
  kind: FrameKind.call,
  flags,
  channel: 1,
  id,
  payload: Buffer.alloc(length, fill),
});

/** The first frame of a message that claims to have `length` bytes. */
function opening(id: number, length: number, pieceBytes: number, fill = id): Frame {
  const payload = Buffer.concat([withLength(length, new Uint8Array(0)), Buffer.alloc(pieceBytes, fill)]);
  return { kind: FrameKind.call, flags: more, channel: 1, id, payload };
}

describe("a message", () => {
  it("without its beginning is dropped", () => {
    const { end } = received([call(1, continued | more, MIN_PIECE_BYTES), call(1, continued, 10), call(2, 0, 5)]);
    expect(end.arrived.map(({ id }) => id)).toEqual([2]);
  });

  it("never takes in a piece of another", () => {
    const { end } = received([
      opening(1, MIN_PIECE_BYTES + 3, MIN_PIECE_BYTES),
      call(2, continued, 10),
      { ...call(1, continued, 10), kind: FrameKind.result },
      call(1, continued, 3),
    ]);
    expect(end.arrived).toEqual([{ kind: FrameKind.call, id: 1, body: Buffer.alloc(MIN_PIECE_BYTES + 3, 1) }]);
  });

  it("that begins anew before it ended is the new one", () => {
    const { end } = received([
      opening(1, 40_000, MIN_PIECE_BYTES, 1),
      opening(1, MIN_PIECE_BYTES + 1, MIN_PIECE_BYTES, 2),
      call(1, continued, 1, 2),
    ]);
    expect(end.arrived).toEqual([{ kind: FrameKind.call, id: 1, body: Buffer.alloc(MIN_PIECE_BYTES + 1, 2) }]);
  });

  it("that never ends takes no more memory than maxMessageBytes, and is reported if it ends after all", async () => {
    const limit = 1_000_000;
    const { end, take } = received([opening(1, 501 * MAX_PAYLOAD_BYTES, MAX_PAYLOAD_BYTES - LENGTH_BYTES)], limit);
    const before = buffersInUse();
    for (let n = 0; n < 500; n++) take(call(1, more | continued, MAX_PAYLOAD_BYTES));
    await vi.waitFor(() => expect(buffersInUse() - before).toBeLessThan(4 * limit), SWEEPING);
    take(call(1, continued, 0));
    expect(end.refused).toEqual([{ kind: FrameKind.call, id: 1, bytes: 501 * MAX_PAYLOAD_BYTES - LENGTH_BYTES }]);
  });

  it("that claims to be longer than memory takes no more of it than eight times what came", async () => {
    const before = buffersInUse();
    const { end, take } = received([opening(1, 2 ** 48 - 1, MIN_PIECE_BYTES)]);
    await vi.waitFor(() => expect(buffersInUse() - before).toBeLessThan(1_000_000), SWEEPING);
    take(call(1, continued, 10));
    expect(end.arrived).toEqual([{ kind: FrameKind.call, id: 1, body: Buffer.alloc(MIN_PIECE_BYTES + 10, 1) }]);
  });

  it("arrives whole, whatever length it claimed to have", () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.nat(2_000_000), fc.constantFrom(0, 2 ** 48 - 1)),
        fc.array(fc.integer({ min: MIN_PIECE_BYTES, max: MAX_PAYLOAD_BYTES }), { maxLength: 20 }),
        (claimed, pieces) => {
          const { end } = received([
            opening(1, claimed, MIN_PIECE_BYTES, 0),
            ...pieces.map((length, n) => call(1, continued | more, length, n + 1)),
            call(1, continued, 7, 99),
          ]);
          const body = Buffer.concat([
            Buffer.alloc(MIN_PIECE_BYTES, 0),
            ...pieces.map((length, n) => Buffer.alloc(length, n + 1)),
            Buffer.alloc(7, 99),
          ]);
          expect(end.arrived[0]?.body.equals(body)).toBe(true);
        },
      ),
    );
  });
});

describe("credit", () => {
  it("that nobody spent is worth nothing", () => {
    const grant = { kind: FrameKind.credit, flags: 0, channel: 1, id: 0xff_ff_ff_ff, payload: Buffer.alloc(0) };
    const { end, take } = received([grant, grant]);
    expect(end.channel.credit).toBe(WINDOW_BYTES);
    end.channel.send(FrameKind.result, 1, Buffer.alloc(0), Buffer.alloc(100));
    take(grant);
    expect(end.channel.credit).toBe(WINDOW_BYTES);
  });

  it("in tiny pieces never makes the sender send tiny frames", async () => {
    const { end, take, stream } = received([]);
    end.channel.send(FrameKind.result, 1, Buffer.alloc(0), Buffer.alloc(2 * WINDOW_BYTES));
    for (let n = 0; n < 100_000; n++)
      take({ kind: FrameKind.credit, flags: 0, channel: 1, id: 1, payload: Buffer.alloc(0) });
    await nextTurn();
    const lengths: number[] = [];
    new FrameParser({ frame: ({ start, end }) => lengths.push(end - start) }).push(stream.bytes);
    expect(Math.min(...lengths)).toBeGreaterThanOrEqual(HEADER_BYTES + MIN_PIECE_BYTES);
  });
});

describe("a control message", () => {
  it.each(["", "{", "null", "7", '"text"', "[]", "[".repeat(MAX_PAYLOAD_BYTES), "\u0000\ufffd"])(
    "that is no JSON object is refused: %j",
    (text) => {
      expect(() =>
        received([{ kind: FrameKind.message, flags: 0, channel: 1, id: 0, payload: Buffer.from(text) }]),
      ).toThrow(expect.objectContaining({ name: "WireError", code: "bad-frame" }));
    },
  );
});

it("frames in any order, with any flags and payloads, end in a WireError or are taken in; every message that arrives is one that was sent", () => {
  fc.assert(
    fc.property(fc.array(anyFrame, { maxLength: 25 }), fc.constantFrom(50, 100_000, undefined), (frames, limit) => {
      const few = frames.map((frame): Frame => ({ ...frame, channel: 1, id: frame.id % 3 }));
      try {
        const { end } = received(few, limit);
        for (const { kind, id, body } of end.arrived) {
          expect(body.length).toBeLessThanOrEqual(limit ?? Number.POSITIVE_INFINITY);
          const pieces = few.filter((frame) => frame.kind === kind && frame.id === id);
          expect(pieces.reduce((sum, { payload }) => sum + payload.length, 0)).toBeGreaterThanOrEqual(body.length);
        }
      } catch (error) {
        expect(error).toBeInstanceOf(WireError);
      }
    }),
  );
});

/** An end of channel 1 that gets these frames from its peer, and `take` for further ones. */
function received(
  frames: readonly Frame[],
  maxMessageBytes?: number,
): { readonly end: End; readonly stream: SlowStream; readonly take: (frame: Frame) => void } {
  const stream = new SlowStream();
  const end = new End(1, new FrameWriter(stream), maxMessageBytes);
  const parser = new FrameParser({
    frame: (frame) => end.channel.receive(frame),
  });
  const take = (frame: Frame): void => parser.push(frameBytes(frame));
  for (const frame of frames) take(frame);
  return { end, stream, take };
}

/** Memory of buffers that nobody holds is given back by another thread, which may have to wait for a CPU. */
const SWEEPING = { timeout: 20_000, interval: 20 } as const;

/** Bytes of buffers that something still holds. */
function buffersInUse(): number {
  setFlagsFromString("--expose-gc");
  runInNewContext("gc")();
  return process.memoryUsage().arrayBuffers;
}
