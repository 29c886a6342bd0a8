/** Remote functions that fail in all ways that user code can. */
import { appendFileSync, writeSync } from "node:fs";
import { defineRemote } from "@hyperion-ts/remote";
import { z } from "zod";

class TooCold extends RangeError {
  override readonly name = "TooCold";
  readonly code = "too-cold";
  readonly degrees: number;

  constructor(degrees: number) {
    super(`It has ${degrees} degrees`, { cause: new Error("winter", { cause: "the axis" }) });
    this.degrees = degrees;
  }
}

export const freeze = defineRemote(import.meta, {
  name: "test/freeze",
  input: z.number(),
  output: z.null(),
  run: (degrees) => {
    throw new TooCold(degrees);
  },
});

/** Rejects with the value that it is given. */
export const rejectWith = defineRemote(import.meta, {
  name: "test/reject-with",
  input: z.unknown(),
  output: z.null(),
  run: (reason) => Promise.reject(reason),
});

export const wrongOutput = defineRemote(import.meta, {
  name: "test/wrong-output",
  input: z.null(),
  output: z.object({ points: z.array(z.number()) }),
  run: () => JSON.parse('{ "points": [1, "two"] }'),
});

export const returnsFunction = defineRemote(import.meta, {
  name: "test/returns-function",
  input: z.null(),
  output: z.unknown(),
  run: () => ({ deep: { inside: () => 1 } }),
});

const forever = (): Promise<null> => new Promise(() => setInterval(() => undefined, 1_000));

/** Something of its own throws while the call is still waiting. */
export const throwsInCallback = defineRemote(import.meta, {
  name: "test/throws-in-callback",
  input: z.null(),
  output: z.null(),
  run: () => {
    setTimeout(() => {
      throw new TypeError("thrown in a callback");
    }, 5);
    return forever();
  },
});

export const rejectsUnheard = defineRemote(import.meta, {
  name: "test/rejects-unheard",
  input: z.null(),
  output: z.null(),
  run: () => {
    void Promise.reject(new Error("nobody listens"));
    return forever();
  },
});

export const exit = defineRemote(import.meta, {
  name: "test/exit",
  input: z.int(),
  output: z.null(),
  run: (code) => {
    console.log("about to exit");
    process.exit(code);
  },
});

export const killItself = defineRemote(import.meta, {
  name: "test/kill-itself",
  input: z.null(),
  output: z.null(),
  run: () => {
    process.kill(process.pid, "SIGKILL");
    return forever();
  },
});

export const hoard = defineRemote(import.meta, {
  name: "test/hoard",
  input: z.null(),
  output: z.null(),
  run: () => {
    for (const kept: number[][] = []; ;) kept.push(Array.from({ length: 100_000 }, (_, i) => i + kept.length + 0.5));
  },
});

/** Does not end at SIGTERM. */
export const stubborn = defineRemote(import.meta, {
  name: "test/stubborn",
  input: z.object({ file: z.string() }),
  output: z.null(),
  run: ({ file }) => {
    process.on("SIGTERM", () => appendFileSync(file, "not yet\n"));
    appendFileSync(file, "ready\n");
    return forever();
  },
});

/** Writes bytes past everything that the runtime offers. */
export const writeRaw = defineRemote(import.meta, {
  name: "test/write-raw",
  input: z.object({
    fd: z.int(),
    bytes: z.instanceof(Uint8Array),
    times: z.int().default(1),
    thenMs: z.number().optional(),
  }),
  output: z.int(),
  run: async ({ fd, bytes, times, thenMs }) => {
    for (let i = 0; i < times; i++) writeSync(fd, bytes);
    if (thenMs !== undefined) await new Promise((resolve) => setTimeout(resolve, thenMs));
    return bytes.length * times;
  },
});
