/** Remote functions for tests of transports: what tells where a worker is. */
import { hostname } from "node:os";
import { defineRemote } from "@hyperion-ts/remote";
import { z } from "zod";

/** Where a worker finds itself, and the variables of these names. */
export const place = defineRemote(import.meta, {
  name: "test/place",
  input: z.array(z.string()),
  output: z.object({ host: z.string(), directory: z.string(), variables: z.array(z.string().nullable()) }),
  run: (names) => ({
    host: hostname(),
    directory: process.cwd(),
    variables: names.map((name) => process.env[name] ?? null),
  }),
});

export const print = defineRemote(import.meta, {
  name: "test/print",
  input: z.string(),
  output: z.null(),
  run: (text) => {
    console.log(`${text} on stdout`);
    console.error(`${text} on stderr`);
    return null;
  },
});

/** Runs until somebody kills it. */
export const untilKilled = defineRemote(import.meta, {
  name: "test/until-killed",
  input: z.null(),
  output: z.null(),
  run: () => new Promise<null>(() => setInterval(() => undefined, 1_000)),
});

/** Waits for so many milliseconds without computing. */
export const sleep = defineRemote(import.meta, {
  name: "test/sleep",
  input: z.number(),
  output: z.number(),
  run: (ms) => new Promise<number>((resolve) => setTimeout(() => resolve(ms), ms)),
});
