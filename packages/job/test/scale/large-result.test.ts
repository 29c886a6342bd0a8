/** Results that are large, or larger than a person wants them. */
import { freemem } from "node:os";
import { expect, test } from "vitest";
import {
  CallError,
  concurrently,
  type Job,
  mapConcurrently,
  remoteEval,
  runJobLocal,
  type RunEvent,
} from "../../src/index.ts";
import { square } from "../functions.ts";
import { pattern, patterned } from "../functions/large.ts";
import { runQuietly, TempDir } from "../local-run.ts";

const GIGABYTE = 1_000_000_000;
const NEEDED_BYTES = 8_000_000_000;
const enough = freemem() >= NEEDED_BYTES;
if (!enough)
  console.log(
    `A result of 1 GB is not tried: ${(freemem() / GIGABYTE).toFixed(1)} GB of memory are free, and head and worker together should find ${NEEDED_BYTES / GIGABYTE}`,
  );

test.skipIf(!enough)(
  "a result of 1 GB arrives whole, while calls in other workers go on and no sign of life is missed",
  { timeout: 300_000 },
  async () => {
    const seen: { large?: Uint8Array; meanwhile: number } = { meanwhile: 0 };
    const small: Job<void> = async (env) => {
      for (let x = 0; seen.large === undefined; x += 1) {
        expect(await remoteEval(square, x)(env)).toBe(x * x);
        seen.meanwhile += 1;
      }
    };
    const huge: Job<void> = async (env) => {
      seen.large = await remoteEval(patterned, GIGABYTE)(env);
    };
    const { events } = await runQuietly(concurrently(huge, small));
    expect(seen.large?.length).toBe(GIGABYTE);
    expect(firstDifference(seen.large ?? new Uint8Array(0))).toBe(-1);
    expect(seen.meanwhile).toBeGreaterThan(100);
    expect(
      events.filter(({ type }) => type === "node-lost" || type === "worker-ended" || type === "call-retried"),
    ).toEqual([]);
  },
);

test("a result that is larger than a person allows is refused with both numbers, and its worker goes on", async () => {
  using dir = new TempDir();
  const events: RunEvent[] = [];
  const job: Job<unknown> = async (env) => {
    const refused = await remoteEval(patterned, 3_000_000)(env).catch((error: unknown) => error);
    return { refused, after: await mapConcurrently([10, 900_000], (bytes) => remoteEval(patterned, bytes))(env) };
  };
  const ends = await runJobLocal(dir.info, job, {
    cpus: 1,
    progress: "none",
    handleSignals: false,
    maxResultBytes: 1_000_000,
    onEvent: ({ event }) => events.push(event),
  });
  expect(ends).toMatchObject({ refused: expect.any(CallError), after: [{ length: 10 }, { length: 900_000 }] });
  expect(ends).toMatchObject({
    refused: {
      reason: { kind: "unreadable-output" },
      message: expect.stringMatching(
        /The result of "large\/patterned" has 3000\d\d\d bytes, more than the 1000000 that maxResultBytes allows: return less, or raise the limit/,
      ),
    },
  });
  expect(events.filter(({ type }) => type === "worker-started")).toHaveLength(1);
});

/** The index of the first byte that is not what `pattern` says; -1 if there is none. */
function firstDifference(bytes: Uint8Array): number {
  const period = pattern(251 * 4_096);
  for (let at = 0; at < bytes.length; at += period.length) {
    const piece = bytes.subarray(at, at + period.length);
    if (Buffer.compare(piece, period.subarray(0, piece.length)) !== 0)
      return at + piece.findIndex((byte, i) => byte !== period[i]);
  }
  return -1;
}
