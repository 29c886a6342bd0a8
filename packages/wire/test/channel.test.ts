import { setImmediate as nextTurn } from "node:timers/promises";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Channel, WINDOW_BYTES } from "../src/channel.ts";
import { FrameKind, FrameParser, HEADER_BYTES, isData, MAX_PAYLOAD_BYTES } from "../src/frame.ts";
import { FrameWriter } from "../src/frame-writer.ts";
import { anyCuts, patternOf } from "./frames.ts";
import { End, link } from "./linked-channels.ts";
import { SlowStream } from "./slow-stream.ts";
import { until } from "./until.ts";

const NOTHING = new Uint8Array(0);

describe("a message arrives whole and in order", () => {
  const anyLength = fc.oneof(
    { weight: 4, arbitrary: fc.integer({ min: 0, max: 300 }) },
    { weight: 2, arbitrary: fc.integer({ min: 30_000, max: 140_000 }) },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 2_500_000 }) },
    fc.constantFrom(
      MAX_PAYLOAD_BYTES - 1,
      MAX_PAYLOAD_BYTES,
      MAX_PAYLOAD_BYTES + 1,
      WINDOW_BYTES - HEADER_BYTES,
      WINDOW_BYTES,
    ),
  );
  const anyPrefixLength = fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(0, 4) },
    fc.integer({ min: 0, max: 100_000 }),
  );
  const anyMessage = fc.record({
    channel: fc.integer({ min: 0, max: 2 }),
    kind: fc.constantFrom(FrameKind.call, FrameKind.result, FrameKind.failure),
    prefix: anyPrefixLength,
    length: anyLength,
    pause: fc.boolean(),
  });

  it(
    "whatever its size and prefix, over several channels of one stream, and all credit comes back",
    { timeout: 30_000 },
    async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(anyMessage, { maxLength: 10 }), anyCuts, async (messages, cuts) => {
          const { head, worker } = link({ channels: 3, cuts });
          for (const [id, { channel, kind, prefix, length, pause }] of messages.entries()) {
            const whole = patternOf(prefix + length, id);
            head[channel]?.channel.send(kind, id, whole.subarray(0, prefix), whole.subarray(prefix));
            if (pause) await nextTurn();
          }
          await until(() => worker.reduce((sum, { arrived }) => sum + arrived.length, 0) === messages.length);
          for (const [number, { arrived }] of worker.entries()) {
            const sent = [...messages.entries()].filter(([, { channel }]) => channel === number);
            expect(arrived.map(({ kind, id }) => ({ kind, id }))).toEqual(sent.map(([id, { kind }]) => ({ kind, id })));
            for (const { id, body } of arrived) expect(body.equals(patternOf(body.length, id))).toBe(true);
            expect(arrived.map(({ body }) => body.length)).toEqual(
              sent.map(([, { prefix, length }]) => prefix + length),
            );
          }
          for (const [number, end] of head.entries()) await expectFullWindow(end, worker[number]);
        }),
        { numRuns: 40 },
      );
    },
  );

  it.each([
    ["a Buffer", Buffer.alloc(4)],
    ["a Uint8Array", new Uint8Array(4)],
  ])(
    "with the prefix that it was sent with, when %s is used again for the next one while it waits for credit",
    async (_what, prefix) => {
      const {
        head: [head],
        worker: [worker],
      } = link({});
      for (let id = 0; id < 4; id++) {
        prefix.fill(id);
        head?.channel.send(FrameKind.call, id, prefix, Buffer.alloc(WINDOW_BYTES / 2));
      }
      await until(() => worker?.arrived.length === 4);
      expect(worker?.arrived.map(({ body }) => [...body.subarray(0, 4)])).toEqual(
        [0, 1, 2, 3].map((id) => [id, id, id, id]),
      );
    },
  );

  it("in both directions at once", async () => {
    const {
      head: [head],
      worker: [worker],
    } = link({ cuts: [7, 50_000, 1_000] });
    if (head === undefined || worker === undefined) throw new Error("no channel");
    for (let id = 0; id < 5; id++) {
      head.channel.send(FrameKind.call, id, NOTHING, patternOf(900_000, id));
      worker.channel.send(FrameKind.result, id, NOTHING, patternOf(700_000, id));
    }
    await until(() => worker.arrived.length === 5 && head.arrived.length === 5);
    await expectFullWindow(head, worker);
    await expectFullWindow(worker, head);
  });

  it("and a small one does not wait for a huge one of another channel", async () => {
    const {
      head: [huge, small],
      worker: [hugeEnd, smallEnd],
    } = link({ channels: 2 });
    huge?.channel.send(FrameKind.call, 1, NOTHING, Buffer.alloc(8_000_000));
    small?.channel.send(FrameKind.call, 2, NOTHING, Buffer.alloc(10));
    await until(() => smallEnd?.arrived.length === 1);
    expect(hugeEnd?.arrived).toEqual([]);
    await until(() => hugeEnd?.arrived[0]?.body.length === 8_000_000);
  });
});

describe("a control message", () => {
  it("overtakes data and needs no credit", async () => {
    const {
      head: [head],
      worker: [worker],
    } = link({});
    let before = -1;
    head?.channel.send(FrameKind.call, 1, NOTHING, Buffer.alloc(3 * WINDOW_BYTES));
    head?.channel.sendMessage({ type: "abort", reason: "🛑" });
    await until(() => {
      if (worker?.messages.length === 1 && before < 0) before = worker.arrived.length;
      return worker?.arrived.length === 1;
    });
    expect(before).toBe(0);
    expect(worker?.messages).toEqual([{ type: "abort", reason: "🛑" }]);
  });
});

describe("a receiver that does not read", () => {
  it("is sent one window of each channel at most, whatever waits", async () => {
    const stream = new SlowStream();
    const writer = new FrameWriter(stream);
    const channels = [1, 2].map((number) => new Channel(number, writer, new End(number, writer)));
    for (const channel of channels) {
      for (let id = 0; id < 10; id++)
        channel.send(FrameKind.result, id, Buffer.alloc(4), Buffer.alloc(id % 2 === 0 ? 1_000_000 : 50_000));
    }
    await nextTurn();
    await until(() => stream.writableLength === 0 && stream.bytes.length > 0);
    const sent = dataBytes(stream.bytes);
    for (const number of [1, 2]) {
      expect(sent.get(number)).toBeLessThanOrEqual(WINDOW_BYTES);
      expect(sent.get(number)).toBeGreaterThan(WINDOW_BYTES - MAX_PAYLOAD_BYTES);
    }
    expect(channels.map(({ credit }) => credit)).toEqual([0, 0]);
  });

  it("is sent nothing that would be a needlessly small piece: the last bytes of a window wait for more", async () => {
    const stream = new SlowStream();
    const channel = new Channel(1, new FrameWriter(stream), new End(1, new FrameWriter(stream)));
    channel.send(FrameKind.call, 1, NOTHING, Buffer.alloc(WINDOW_BYTES * 2));
    await until(() => stream.writableLength === 0 && stream.bytes.length > 0);
    const lengths: number[] = [];
    new FrameParser({ frame: ({ start, end }) => lengths.push(end - start) }).push(stream.bytes);
    expect(Math.min(...lengths)).toBeGreaterThanOrEqual(MAX_PAYLOAD_BYTES / 2);
  });
});

it("credit says what can be sent at once", () => {
  const channel = new Channel(1, new FrameWriter(new SlowStream()), new End(1, new FrameWriter(new SlowStream())));
  expect(channel.credit).toBe(WINDOW_BYTES);
  channel.send(FrameKind.call, 1, Buffer.alloc(4), Buffer.alloc(10));
  expect(channel.credit).toBe(WINDOW_BYTES - HEADER_BYTES - 14);
  channel.send(FrameKind.call, 2, NOTHING, Buffer.alloc(2 * WINDOW_BYTES));
  expect(channel.credit).toBe(0);
});

describe("maxMessageBytes", () => {
  it.each([100, MAX_PAYLOAD_BYTES, 200_000, 3_000_000])(
    "of %i lets that many through and reports more, and the channel goes on",
    async (limit) => {
      const {
        head: [head],
        worker: [worker],
      } = link({ maxMessageBytes: limit });
      if (head === undefined || worker === undefined) throw new Error("no channel");
      for (const [id, length] of [limit, limit + 1, limit - 1, limit + 500_000, 0].entries()) {
        const prefix = Math.min(4, length);
        head.channel.send(FrameKind.result, id, Buffer.alloc(prefix), Buffer.alloc(length - prefix));
      }
      await until(() => worker.arrived.length + worker.refused.length === 5);
      expect(worker.arrived.map(({ id, body }) => [id, body.length])).toEqual([
        [0, limit],
        [2, limit - 1],
        [4, 0],
      ]);
      expect(worker.refused).toEqual([
        { kind: FrameKind.result, id: 1, bytes: limit + 1 },
        { kind: FrameKind.result, id: 3, bytes: limit + 500_000 },
      ]);
      await expectFullWindow(head, worker, Math.min(limit, MAX_PAYLOAD_BYTES));
    },
  );
});

/** Credit comes back half a window at a time: a few more messages, and it must be all there. */
async function expectFullWindow(from: End, to: End | undefined, length = MAX_PAYLOAD_BYTES): Promise<void> {
  const most = WINDOW_BYTES / 2 / (HEADER_BYTES + length) + 1;
  for (let sent = 0; from.channel.credit < WINDOW_BYTES; sent++) {
    if (sent > most) expect(from.channel.credit).toBe(WINDOW_BYTES);
    const arrived = to?.arrived.length ?? 0;
    from.channel.send(FrameKind.call, 0, NOTHING, Buffer.alloc(length));
    await until(() => to?.arrived.length === arrived + 1);
    // What was given back may still be on its way.
    for (let turn = 0; turn < 4; turn++) await nextTurn();
  }
}

/** Bytes of data frames in a stream, by channel. */
function dataBytes(bytes: Buffer): Map<number, number> {
  const sums = new Map<number, number>();
  new FrameParser({
    frame: ({ kind, channel, start, end }) => {
      if (isData(kind)) sums.set(channel, (sums.get(channel) ?? 0) + end - start);
    },
  }).push(bytes);
  return sums;
}
