/**
 * The program that faults happen to: `faults-program.ts DIR REQUEST`. It remembers what it computes, asks for each value
 * twice at the same time, and writes into DIR what became of the run. REQUEST is a FaultRequest as JSON.
 */
import { existsSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  InterruptedError,
  type Job,
  keyValMap,
  type LeftCalls,
  mapConcurrently,
  memoizeWithMap,
  programInfo,
  remoteEval,
  runJobSlurm,
  type RunSlurmOptions,
} from "@hyperion-ts/job";
import { z } from "zod";
import { noted } from "./faults-functions.ts";

/** What the program is to do. */
export interface FaultRequest {
  /** How many values are computed at the same time. */
  readonly width: number;
  /** How long each takes at least. */
  readonly ms: number;
  /** Each goes on until DIR has a file of this name. Default: none does. */
  readonly until?: string;
  /** Only the values from this one on do. Default: all. */
  readonly untilFrom?: number;
  /** Compute further values, `width` at a time, until DIR has a file `finish`. Default: only the first ones. */
  readonly goOn?: boolean;
  readonly options?: RunSlurmOptions;
}

/** What became of a run. */
export type FaultOutcome =
  | {
      readonly type: "done";
      readonly values: readonly {
        readonly x: number;
        readonly square: number;
        readonly node: string;
        readonly attempt: number;
      }[];
    }
  | {
      readonly type: "failed";
      readonly name: string;
      readonly message: string;
      readonly exitCode?: number;
      readonly calls?: LeftCalls;
    };

const [dir = "", text = ""] = process.argv.slice(2);
const { width, ms, until, untilFrom = 0, goOn = false, options }: FaultRequest = JSON.parse(text);
const squares = keyValMap("squares", z.object({ x: z.number() }), noted.output);

const valueOf = (x: number): Job<z.infer<typeof noted.output>> =>
  memoizeWithMap(
    squares,
    () =>
      remoteEval(noted, {
        x,
        ms,
        ...(until === undefined || x < untilFrom ? {} : { until: join(dir, until) }),
        notes: join(dir, "notes.jsonl"),
      }),
    { x },
  );

/** `width` values, each wanted twice. */
const round =
  (first: number): Job<Extract<FaultOutcome, { type: "done" }>["values"]> =>
  async (env) => {
    const wanted = Array.from({ length: 2 * width }, (_, i) => first + (i % width));
    const values = await mapConcurrently(wanted, (x) => valueOf(x))(env);
    return values.map((value, i) => ({ x: wanted[i] ?? Number.NaN, ...value }));
  };

const isWanted = (): boolean => goOn && !existsSync(join(dir, "finish"));

const rounds: Job<Extract<FaultOutcome, { type: "done" }>["values"]> = async (env) => {
  const values = [...(await round(0)(env))];
  while (isWanted()) values.push(...(await round(values.length / 2)(env)));
  return values;
};

/** Whole, or not there. */
function report(outcome: FaultOutcome): void {
  writeFileSync(join(dir, "outcome.tmp"), JSON.stringify(outcome));
  renameSync(join(dir, "outcome.tmp"), join(dir, "outcome.json"));
}

try {
  report({ type: "done", values: await runJobSlurm(programInfo(dir), rounds, { progress: "plain", ...options }) });
} catch (error) {
  if (!(error instanceof Error)) throw error;
  report({
    type: "failed",
    name: error.name,
    message: error.message,
    ...(error instanceof InterruptedError ? { exitCode: error.exitCode, calls: error.calls } : {}),
  });
  process.exitCode = error instanceof InterruptedError ? error.exitCode : 1;
}
