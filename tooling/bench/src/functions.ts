/** The remote functions that are called: as a user would write them, and trivial, so that what is measured is the calling. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { defineRemote } from "@hyperion-ts/job";
import { z } from "zod";

/** The least that a call can do. */
export const square = defineRemote(import.meta, {
  name: "bench/square",
  input: z.number(),
  output: z.number(),
  run: (x) => x * x,
});

const numbers = z.instanceof(Float64Array);

/** Takes a large array in. */
export const lengthOf = defineRemote(import.meta, {
  name: "bench/length-of",
  input: numbers,
  output: z.number(),
  run: (xs) => xs.length,
});

/** Gives a large array back: so many numbers. */
export const zeros = defineRemote(import.meta, {
  name: "bench/zeros",
  input: z.number(),
  output: numbers,
  run: (length) => new Float64Array(length),
});

/**
 * Where the worker may run and what it is: the kernel's list of its CPUs, e.g. `"0"` or `"0-3"`, and its process id.
 * Takes so long that two calls at once reach two workers.
 */
export const whereabouts = defineRemote(import.meta, {
  name: "bench/whereabouts",
  input: z.object({ takesMs: z.number() }),
  output: z.object({ pid: z.number(), cpuList: z.string() }),
  run: async ({ takesMs }) => {
    await sleep(takesMs);
    const cpuList = /^Cpus_allowed_list:\s*(\S+)$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1] ?? "";
    return { pid: process.pid, cpuList };
  },
});

/** The URLs of all scripts and modules that the worker has loaded, Node's own among them (`node:...`). */
export const loadedModules = defineRemote(import.meta, {
  name: "bench/loaded-modules",
  input: z.null(),
  output: z.array(z.string()),
  run: async () => {
    // Not before it is needed: this module is also used to measure how a worker starts.
    const { Session } = await import("node:inspector");
    const urls: string[] = [];
    const session = new Session();
    session.connect();
    session.on("Debugger.scriptParsed", ({ params }) => void urls.push(params.url));
    session.post("Debugger.enable");
    session.disconnect();
    return urls.filter((url) => url !== "");
  },
});

/** Moves this worker's agent to some CPUs. */
export const confineAgent = defineRemote(import.meta, {
  name: "bench/confine-agent",
  input: z.string(),
  output: z.null(),
  run: (cpuList) => {
    execFileSync("taskset", ["--all-tasks", "--cpu-list", "--pid", cpuList, String(process.ppid)], { stdio: "ignore" });
    return null;
  },
});
