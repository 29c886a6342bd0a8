/** Remote functions that go wrong in all ways that user code can. */
import { spawn } from "node:child_process";
import { writeSync } from "node:fs";
import { runInNewContext } from "node:vm";
import type { StandardSchemaV1 } from "@standard-schema/spec";
import { z } from "zod";
import { defineRemote } from "../../src/index.ts";

/** Rejects with what is no error. */
export const rejectsWith = defineRemote(import.meta, {
  name: "faulty/rejects-with",
  input: z.unknown(),
  output: z.null(),
  run: (reason) => Promise.reject(reason),
});

export const wrongOutput = defineRemote(import.meta, {
  name: "faulty/wrong-output",
  input: z.null(),
  output: z.object({ points: z.array(z.number()) }),
  run: () => JSON.parse('{ "points": [1, "two"] }'),
});

/** Returns what can't travel. */
export const unsendable = defineRemote(import.meta, {
  name: "faulty/unsendable",
  input: z.null(),
  output: z.unknown(),
  run: () => Symbol("stays here"),
});

/** Its schema gives promises of another realm, whose own `then` returns nothing, and refuses negative numbers. */
export const foreignPromises = defineRemote(import.meta, {
  name: "faulty/foreign-promises",
  input: foreignSchema(),
  output: foreignSchema(),
  run: (x) => (x > 9 ? -x : x),
});

function foreignSchema(): StandardSchemaV1<number> {
  const validate = (value: unknown): Promise<StandardSchemaV1.Result<number>> =>
    runInNewContext(
      "({ then: (take) => void Promise.resolve().then(() => take(value < 0 ? { issues: [{ message: 'negative' }] } : { value })) })",
      { value },
    );
  return { "~standard": { version: 1, vendor: "test", validate } };
}

/** Fills its memory. */
export const hoards = defineRemote(import.meta, {
  name: "faulty/hoards",
  input: z.null(),
  output: z.null(),
  run: () => {
    for (const kept: number[][] = []; ;) kept.push(Array.from({ length: 100_000 }, (_, i) => i + kept.length + 0.5));
  },
});

/** Loops for ever, and does not end at SIGTERM. */
export const stubborn = defineRemote(import.meta, {
  name: "faulty/stubborn",
  input: z.null(),
  output: z.null(),
  run: () => {
    process.on("SIGTERM", () => undefined);
    for (;;);
  },
});

/** Goes on for ever, and never looks at its signal. */
export const deaf = defineRemote(import.meta, {
  name: "faulty/deaf",
  input: z.null(),
  output: z.null(),
  run: () => new Promise<null>(() => setInterval(() => undefined, 1_000)),
});

/** Prints so many megabytes. */
export const prints = defineRemote(import.meta, {
  name: "faulty/prints",
  input: z.int(),
  output: z.null(),
  run: (megabytes) => {
    const line = `${"x".repeat(1_023)}\n`.repeat(1_024);
    for (let i = 0; i < megabytes; i += 1) process.stdout.write(line);
    return null;
  },
});

const HEADER_BYTES = 12;

/** A frame as workers send them (packages/wire/src/frame.ts). */
export function frame(kind: number, channel: number, id: number, payload: Uint8Array): Buffer<ArrayBuffer> {
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt32LE(payload.length, 0);
  header.writeUInt8(kind, 4);
  header.writeUInt16LE(channel, 6);
  header.writeUInt32LE(id, 8);
  return Buffer.concat([header, payload]);
}

/** Writes bytes to a descriptor past everything that the runtime offers, then returns, waits for ever or exits. */
export const writesRaw = defineRemote(import.meta, {
  name: "faulty/writes-raw",
  input: z.object({
    fd: z.int(),
    bytes: z.instanceof(Uint8Array),
    next: z.enum(["return", "wait", "exit"]).default("return"),
  }),
  output: z.literal("written"),
  run: ({ fd, bytes, next }) => {
    writeSync(fd, bytes);
    if (next === "exit") process.exit(3);
    return next === "return" ? "written" : new Promise(() => setInterval(() => undefined, 1_000));
  },
});

/** Starts children that would live for ten minutes, and gives their process ids. */
export const leavesChildren = defineRemote(import.meta, {
  name: "faulty/leaves-children",
  input: z.null(),
  output: z.array(z.int()),
  run: () => {
    const children = [
      spawn("sleep", ["600"], { stdio: "ignore" }),
      spawn("sh", ["-c", "trap '' TERM HUP; sleep 600 & sleep 600"], { stdio: "ignore" }),
    ];
    return children.map(({ pid = 0 }) => pid);
  },
});

/** Its schemas transform. */
export const measures = defineRemote(import.meta, {
  name: "faulty/measures",
  input: z.object({
    text: z.string().transform((text) => text.length),
    at: z.iso.datetime().transform((text) => new Date(text)),
  }),
  output: z.string().transform((text) => text.length),
  run: ({ text, at }) => `${text} at ${at.getTime()}`,
});

/** Its schemas are asynchronous. */
export const looksUp = defineRemote(import.meta, {
  name: "faulty/looks-up",
  input: z.string().refine(async (name) => name !== "nobody", "nobody of this name"),
  output: z.string().refine(async (text) => text.length < 20, "too long"),
  run: async (name) => `hello ${name}`,
});
