/** Remote functions for the tests of this package: the well-behaved ones. */
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { getHeapStatistics } from "node:v8";
import { defineRemote } from "@hyperion-ts/remote";
import { z } from "zod";

export const square = defineRemote(import.meta, {
  name: "test/square",
  input: z.number(),
  output: z.number(),
  run: (x) => x * x,
});

export const echo = defineRemote(import.meta, {
  name: "test/echo",
  input: z.unknown(),
  output: z.unknown(),
  run: (x) => x,
});

/** What a call finds around itself. */
export const surroundings = defineRemote(import.meta, {
  name: "test/surroundings",
  input: z.array(z.string()),
  output: z.object({
    pid: z.int(),
    node: z.string(),
    attempt: z.int(),
    cpus: z.object({ count: z.int(), ids: z.array(z.int()) }),
    gpuIds: z.array(z.string()),
    allowedCpus: z.string(),
    heapLimitMb: z.number(),
    variables: z.array(z.string().nullable()),
  }),
  run: (names, { cpus, gpuIds, node, attempt }) => ({
    pid: process.pid,
    node,
    attempt,
    cpus: { count: cpus.count, ids: [...cpus.ids] },
    gpuIds: [...gpuIds],
    allowedCpus: /^Cpus_allowed_list:\s*(\S+)$/mu.exec(readFileSync("/proc/self/status", "utf8"))?.[1] ?? "",
    heapLimitMb: getHeapStatistics().heap_size_limit / 1_048_576,
    variables: names.map((name) => process.env[name] ?? null),
  }),
});

function spin(ms: number): void {
  for (const until = performance.now() + ms; performance.now() < until;);
}

/** Computes for so many milliseconds without a pause, then writes a line. */
export const append = defineRemote(import.meta, {
  name: "test/append",
  input: z.object({ file: z.string(), line: z.string(), busyMs: z.number().default(0) }),
  output: z.string(),
  run: ({ file, line, busyMs }) => {
    appendFileSync(file, `begin ${line}\n`);
    spin(busyMs);
    appendFileSync(file, `end ${line}\n`);
    return line;
  },
});

const NO_FILE = "/nowhere";

/** A synchronous loop until there is a file `until`; null: without an end. Says in `file` that it has begun. */
export const loop = defineRemote(import.meta, {
  name: "test/loop",
  input: z.object({ file: z.string(), until: z.string().nullable() }),
  output: z.null(),
  run: ({ file, until }) => {
    appendFileSync(file, "looping\n");
    do spin(1);
    while (!existsSync(until ?? NO_FILE));
    return null;
  },
});

/** Goes on until it is aborted, and tells why it was. */
export const untilAborted = defineRemote(import.meta, {
  name: "test/until-aborted",
  input: z.object({ file: z.string() }),
  output: z.string(),
  run: async ({ file }, { signal }) => {
    appendFileSync(file, "waiting\n");
    while (!signal.aborted) await new Promise((resolve) => setTimeout(resolve, 5));
    return String(signal.reason);
  },
});

export const zeros = defineRemote(import.meta, {
  name: "test/zeros",
  input: z.int(),
  output: z.instanceof(Uint8Array),
  run: (bytes) => new Uint8Array(bytes),
});

/** What this worker has loaded: built-in modules, and the files that programs/record-modules.ts saw. */
export const loadedModules = defineRemote(import.meta, {
  name: "test/loaded-modules",
  input: z.null(),
  output: z.object({ builtIn: z.array(z.string()), files: z.array(z.string()) }),
  run: () => ({
    builtIn: Reflect.get(process, "moduleLoadList") as string[],
    files: (Reflect.get(globalThis, "recordedModules") ?? []) as string[],
  }),
});

export const doubled = defineRemote(import.meta, {
  name: "test/transforming-schema",
  input: z.string().transform(Number),
  output: z.number().transform((n) => `never seen: ${n}`),
  run: (n) => n * 2,
});

export const patient = defineRemote(import.meta, {
  name: "test/async-schema",
  input: z.string().refine(async (text) => (await Promise.resolve(text)) !== "bad", "is bad"),
  output: z.string().refine(async (text) => (await Promise.resolve(text)) !== "worse", "is worse"),
  run: (text) => text,
});
