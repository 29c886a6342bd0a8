/** Functions of people who take a remote function for something else. */
import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import {
  defineRemote,
  mapConcurrently,
  programInfo,
  remoteEval,
  remoteEvalM,
  runJob,
  runJobLocal,
} from "../../src/index.ts";

export const inner = defineRemote(import.meta, {
  name: "mistaken/inner",
  input: z.number(),
  output: z.number(),
  run: (x) => 2 * x,
});

/** What a program in JavaScript may write, where no compiler looks. */
const untyped = (value: unknown): never => value as never;

export const nests = defineRemote(import.meta, {
  name: "mistaken/nests",
  input: z.object({ how: z.string(), dir: z.string() }),
  output: z.number(),
  run: async ({ how, dir }, ctx) => {
    switch (how) {
      case "runJobLocal":
        return runJobLocal(programInfo(dir), remoteEval(inner, 1));
      case "runJob":
        return runJob(programInfo(dir), remoteEval(inner, 1));
      case "late":
        await sleep(1);
        return runJobLocal(programInfo(dir), remoteEval(inner, 1));
      case "remoteEval":
        return remoteEval(inner, 1)(untyped(ctx));
      case "remoteEvalM":
        return remoteEvalM(inner, async () => 1)(untyped(ctx));
      case "no environment":
        return remoteEval(inner, 1)(untyped(undefined));
      case "mapConcurrently":
        return (await mapConcurrently([1], (x) => remoteEval(inner, x))(untyped(ctx)))[0] ?? 0;
      default:
        return inner.run(21, ctx);
    }
  },
});

export const starts = defineRemote(import.meta, {
  name: "mistaken/starts",
  input: z.object({ file: z.string(), cwd: z.string().optional() }),
  output: z.string(),
  run: async function startsPrograms({ file, cwd }, ctx) {
    const { stdout } = await ctx.exec(file, ["a", "b"], cwd === undefined ? {} : { cwd });
    return stdout;
  },
});

/** What programs set in their main part, and expect to see here. */
export const settings = { factor: 1 };

export const scaled = defineRemote(import.meta, {
  name: "mistaken/scaled",
  input: z.number(),
  output: z.number(),
  run: (x) => settings.factor * x,
});

export const returns = defineRemote(import.meta, {
  name: "mistaken/returns",
  input: z.enum(["function", "symbol", "promise", "nothing", "instance"]),
  output: z.unknown().refine((value) => value !== undefined, "expected something, received undefined"),
  run: (what) => {
    class Point {
      readonly x = 1;
      length(): number {
        return this.x;
      }
    }
    return {
      function: (x: number) => x,
      symbol: { deep: [Symbol("q")] },
      promise: { later: Promise.resolve(1) },
      nothing: undefined,
      instance: new Point(),
    }[what];
  },
});

/** Runs until there is a file. */
export const waitsFor = defineRemote(import.meta, {
  name: "mistaken/waits-for",
  input: z.string(),
  output: z.null(),
  run: async (file, { signal }) => {
    while (!existsSync(file)) await sleep(10, undefined, { signal });
    return null;
  },
});
