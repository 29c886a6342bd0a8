import { once } from "node:events";
import { PassThrough, Writable } from "node:stream";
import { setImmediate as nextTurn } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import * as fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FrameFlag, FrameKind, FrameParser, headerOf, isData, MAX_PAYLOAD_BYTES } from "../src/frame.ts";
import { FrameWriter } from "../src/frame-writer.ts";
import { anyFrame, type Frame, frameBytes, FrameCollector, patternOf } from "./frames.ts";
import { SlowStream } from "./slow-stream.ts";
import { until } from "./until.ts";

const NOTHING = new Uint8Array(0);
const heartbeat: Frame = { kind: FrameKind.heartbeat, flags: 0, channel: 0, id: 0, payload: Buffer.alloc(0) };
const result = (id: number, length: number): Frame => ({
  kind: FrameKind.result,
  flags: 0,
  channel: 1,
  id,
  payload: patternOf(length, id),
});

/** A writer whose last frames came together, so that it waits for the others of a turn. */
async function busyWriter(stream: SlowStream, beforeFlush?: () => void): Promise<FrameWriter> {
  const writer = new FrameWriter(stream, beforeFlush === undefined ? {} : { beforeFlush });
  for (const frame of [heartbeat, heartbeat]) write(writer, frame);
  await nextTurn();
  return writer;
}

/** More than the pause after which a frame counts as alone, in milliseconds. */
const A_PAUSE_MS = 1;

// Time stands still but where a test says otherwise: no pause of the machine's counts as one between frames.
beforeEach(() => void vi.useFakeTimers({ toFake: ["performance"] }));
afterEach(() => void vi.useRealTimers());

describe("the frames of one turn", () => {
  it("are one write, control before data", async () => {
    const stream = new SlowStream();
    const writer = await busyWriter(stream);
    const before = stream.writes.length;
    const [small, large] = [result(1, 10), result(2, 20_000)];
    for (const frame of [small, heartbeat, large, heartbeat]) write(writer, frame);
    await nextTurn();
    expect(stream.writes).toHaveLength(before + 1);
    expect(framesIn(stream.bytes).slice(2)).toEqual([heartbeat, heartbeat, small, large]);
  });

  it("do not wait for each other where they come one at a time", async () => {
    const stream = new SlowStream();
    const writer = new FrameWriter(stream);
    for (let id = 1; id <= 3; id++) {
      write(writer, result(id, 10));
      expect(framesIn(stream.bytes).map((frame) => frame.id)).toContain(id);
      vi.advanceTimersByTime(A_PAUSE_MS);
    }
  });

  it("wait for the end of the turn where they come soon after others", async () => {
    const stream = new SlowStream();
    const writer = new FrameWriter(stream);
    write(writer, result(1, 10));
    await nextTurn();
    for (let id = 2; id <= 4; id++) write(writer, result(id, 10));
    expect(stream.writes).toHaveLength(1);
    await nextTurn();
    expect(stream.writes).toHaveLength(2);
    // Whatever the pause is now: the last ones came together.
    vi.advanceTimersByTime(A_PAUSE_MS);
    write(writer, result(5, 10));
    expect(stream.writes).toHaveLength(2);
    await nextTurn();
    expect(framesIn(stream.bytes).map((frame) => frame.id)).toEqual([1, 2, 3, 4, 5]);
  });

  it("go out at once by flush, and not a second time", async () => {
    const stream = new SlowStream();
    const writer = new FrameWriter(stream);
    write(writer, heartbeat);
    writer.flush();
    expect(framesIn(stream.bytes)).toEqual([heartbeat]);
    await nextTurn();
    expect(stream.writes).toHaveLength(1);
  });

  it("are announced once before they reach the stream", async () => {
    const stream = new SlowStream();
    const announced: number[] = [];
    const writer = await busyWriter(stream, () => announced.push(stream.writes.length));
    const before = announced.length;
    for (let id = 0; id < 5; id++) write(writer, result(id, 10));
    const written = stream.writes.length;
    await nextTurn();
    expect(announced.slice(before)).toEqual([written]);
  });

  it("may be more than fits into one slab", async () => {
    const frames = Array.from({ length: 500 }, (_, id) => result(id, 1_000 + id));
    const stream = new SlowStream();
    const writer = new FrameWriter(stream);
    for (const frame of frames) write(writer, frame);
    await until(() => framesIn(stream.bytes).length === frames.length);
    expect(isDeepStrictEqual(framesIn(stream.bytes), frames)).toBe(true);
  });
});

it("a prefix of any length stands before the payload", async () => {
  const lengths = [0, 1, 4, 8_000, 30_000, MAX_PAYLOAD_BYTES];
  const stream = new SlowStream();
  const writer = new FrameWriter(stream);
  for (const length of lengths) {
    for (const rest of [0, 100, 8_191, 8_192].filter((rest) => length + rest <= MAX_PAYLOAD_BYTES)) {
      const frame = result(length, length + rest);
      writer.frame(frame, frame.payload.subarray(length), frame.payload.subarray(0, length));
    }
  }
  await until(() => stream.writableLength === 0);
  for (const { id, payload } of framesIn(stream.bytes))
    expect(payload.equals(patternOf(payload.length, id))).toBe(true);
});

describe("a stream that is behind", () => {
  it.each([16_384, 65_536, 2_097_152])(
    "holds data back and lets heartbeats through, whatever its own mark is (%i)",
    async (highWaterMark) => {
      const stream = new SlowStream({ open: false, highWaterMark });
      const writer = new FrameWriter(stream);
      const results = Array.from({ length: 40 }, (_, id) => result(id, MAX_PAYLOAD_BYTES));
      for (const frame of results) write(writer, frame);
      await nextTurn();
      const held = stream.writableLength;
      expect(held).toBeLessThan(400_000);

      write(writer, heartbeat);
      await nextTurn();
      expect(stream.writableLength).toBe(held + frameBytes(heartbeat).length);

      stream.open();
      await until(() => framesIn(stream.bytes).length === 41);
      const arrived = framesIn(stream.bytes);
      expect(arrived.findIndex(({ kind }) => kind === FrameKind.heartbeat)).toBeLessThan(8);
      expect(
        isDeepStrictEqual(
          arrived.filter(({ kind }) => isData(kind)),
          results,
        ),
      ).toBe(true);
    },
  );

  it("gets all data in the end also when it can't gather writes", async () => {
    const pipe = new PassThrough({ highWaterMark: 1_000_000 });
    const collector = new FrameCollector();
    const parser = new FrameParser(collector);
    const writer = new FrameWriter(pipe);
    for (let id = 0; id < 40; id++) write(writer, result(id, MAX_PAYLOAD_BYTES));
    await nextTurn();
    pipe.on("data", (chunk: Buffer) => parser.push(chunk));
    await until(() => collector.frames.length === 40);
    expect(collector.frames.map(({ id }) => id)).toEqual(Array.from({ length: 40 }, (_, id) => id));
  });

  it("loses nothing and keeps the order of data and of control, in any sequence of frames, flushes and stalls", async () => {
    const step = fc.oneof({ weight: 5, arbitrary: anyFrame }, fc.constantFrom("flush", "turn", "take"));
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const stream = new SlowStream({ open: false });
        const writer = new FrameWriter(stream);
        for (const next of steps) {
          if (typeof next === "object") write(writer, next);
          else if (next === "flush") writer.flush();
          else if (next === "take") stream.take();
          else await nextTurn();
        }
        stream.open();
        const sent = steps.filter((next) => typeof next === "object");
        await until(() => framesIn(stream.bytes).length === sent.length);
        const arrived = framesIn(stream.bytes);
        return [true, false].every((data) =>
          isDeepStrictEqual(
            arrived.filter(({ kind }) => isData(kind) === data),
            sent.filter(({ kind }) => isData(kind) === data),
          ),
        );
      }),
      { numRuns: 40 },
    );
  });
});

describe("a frame that is forwarded", () => {
  it("arrives as it came", async () => {
    const frames = [result(1, 100), heartbeat, { ...result(2, MAX_PAYLOAD_BYTES), flags: FrameFlag.more }];
    const stream = new SlowStream();
    const writer = await busyWriter(stream);
    const parser = new FrameParser({
      frame: ({ kind, bytes, start, end }) => writer.forward(kind, bytes.subarray(start, end)),
    });
    parser.push(Buffer.concat(frames.map(frameBytes)));
    await until(() => framesIn(stream.bytes).length === 5);
    expect(framesIn(stream.bytes).slice(2)).toEqual([heartbeat, result(1, 100), frames[2]]);
  });
});

describe("a stream that is gone", () => {
  it("drops what is queued for it, without an error of its own", async () => {
    const errors: unknown[] = [];
    const stream = new Writable({ write: (_chunk, _encoding, done) => done() }).on("error", (error) =>
      errors.push(error),
    );
    const writer = new FrameWriter(stream);
    write(writer, heartbeat);
    stream.destroy();
    await once(stream, "close");
    write(writer, result(1, 50_000));
    writer.frame(headerOf(FrameKind.credit, 1, 100), NOTHING);
    writer.flush();
    await nextTurn();
    expect(errors).toEqual([]);
  });
});

const write = (writer: FrameWriter, frame: Frame): void => writer.frame(frame, frame.payload);

function framesIn(bytes: Buffer): readonly Frame[] {
  const collector = new FrameCollector();
  new FrameParser(collector).push(bytes);
  return collector.frames;
}
