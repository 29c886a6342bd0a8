/** Remote functions that leave something behind in their worker, which harms whoever comes after them. */
import { closeSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { defineRemote } from "../../src/index.ts";

/** How a call ends its worker, or breaks it, when it has returned or while it waits. */
const ways = {
  "throws-in-tick": () => process.nextTick(fail),
  "throws-in-timer": () => setTimeout(fail, 3),
  "rejects-unheard": () => void Promise.reject(new Error("left behind")),
  "exits-in-tick": () => process.nextTick(() => process.exit(3)),
  "exits-in-timer": () => setTimeout(() => process.exit(3), 3),
  "ends-by-itself": () => setTimeout(() => process.kill(process.pid, "SIGTERM"), 3),
  "kills-itself": () => setTimeout(() => process.kill(process.pid, "SIGKILL"), 3),
  aborts: () => setTimeout(() => process.abort(), 3),
  "closes-the-frames": () => setTimeout(() => closeSync(3), 3),
  "throws-without-listeners": () => {
    process.removeAllListeners();
    setTimeout(fail, 3);
  },
} as const satisfies Readonly<Record<string, () => unknown>>;

function fail(): never {
  throw new Error("left behind");
}

export type Way = keyof typeof ways;
export const allWays = Object.keys(ways) as readonly Way[];

/** Leaves it behind, and returns at once, or waits for it to happen. */
export const haunts = defineRemote(import.meta, {
  name: "haunting/haunts",
  input: z.object({ way: z.enum(allWays), waits: z.boolean() }),
  output: z.null(),
  run: async ({ way, waits }) => {
    ways[way]();
    if (waits) await sleep(1_000_000);
    return null;
  },
});

/** Works for a while, synchronously or waiting, and tells in which attempt it succeeded. */
export const works = defineRemote(import.meta, {
  name: "haunting/works",
  input: z.object({ x: z.number(), ms: z.number(), waits: z.boolean() }),
  output: z.object({ square: z.number(), attempt: z.number() }),
  run: async ({ x, ms, waits }, { attempt }) => {
    if (waits) await sleep(ms);
    else for (const end = performance.now() + ms; performance.now() < end;);
    return { square: x * x, attempt };
  },
});
