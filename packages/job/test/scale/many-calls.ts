/**
 * A program for tests: makes very many calls and measures its own memory, as `node --expose-gc many-calls.ts DIR VERB CALLS`.
 * It prints one line of JSON, a `Measured`.
 */
import { z } from "zod";
import {
  defineRemote,
  forConcurrently_,
  type Job,
  programInfo,
  remoteEval,
  runJobLocal,
  streamConcurrently,
} from "../../src/index.ts";

export const twice = defineRemote(import.meta, {
  name: "scale/twice",
  input: z.int(),
  output: z.int(),
  run: (x) => 2 * x,
});

/** Memory of the program, in megabytes. */
export interface Memory {
  /** What is in use right after a garbage collection: V8's heap and what it holds outside. */
  readonly liveMb: number;
  /** The resident set, garbage included. */
  readonly residentMb: number;
}

/** What a run of this program says. */
export interface Measured {
  readonly calls: number;
  /** The sum of all results. */
  readonly sum: number;
  readonly seconds: number;
  /** The most that was found during the first 10,000 calls. */
  readonly early: Memory;
  /** The most that was found. */
  readonly peak: Memory;
}

const EARLY_CALLS = 10_000;
/** How often memory is looked at, before and after: each time stops the program for some milliseconds. */
const EARLY_SAMPLES = 4;
const LATER_SAMPLES = 40;

class Tally {
  readonly #calls: number;
  readonly #begunMs = performance.now();
  #count = 0;
  #sum = 0;
  #early: Memory = { liveMb: 0, residentMb: 0 };
  #peak = this.#early;

  constructor(calls: number) {
    this.#calls = calls;
  }

  add(result: number): void {
    this.#sum += result;
    this.#count += 1;
    const early = this.#count <= EARLY_CALLS;
    const stride = early ? EARLY_CALLS / EARLY_SAMPLES : Math.ceil(this.#calls / LATER_SAMPLES);
    if (this.#count % stride !== 0) return;
    this.#peak = larger(this.#peak, memory());
    if (early) this.#early = this.#peak;
  }

  measured(): Measured {
    return {
      calls: this.#count,
      sum: this.#sum,
      seconds: (performance.now() - this.#begunMs) / 1_000,
      early: this.#early,
      peak: this.#peak,
    };
  }
}

const larger = (a: Memory, b: Memory): Memory => ({
  liveMb: Math.max(a.liveMb, b.liveMb),
  residentMb: Math.max(a.residentMb, b.residentMb),
});

function memory(): Memory {
  if (globalThis.gc === undefined) throw new Error("Run this program with --expose-gc");
  const residentMb = process.memoryUsage.rss() / 1e6;
  globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  return { liveMb: (heapUsed + external) / 1e6, residentMb };
}

function* numbers(count: number): Generator<number> {
  for (let x = 0; x < count; x += 1) yield x;
}

/** The verbs that the program knows: each makes so many calls and tells the tally of each result. */
const verbs = {
  streamConcurrently:
    (calls: number, tally: Tally): Job<void> =>
    async (env) => {
      for await (const result of streamConcurrently(numbers(calls), (x) => remoteEval(twice, x))(env))
        tally.add(result);
    },
  forConcurrently_: (calls: number, tally: Tally): Job<unknown> =>
    forConcurrently_(numbers(calls), (x) => async (env) => tally.add(await remoteEval(twice, x)(env))),
};

export type Verb = keyof typeof verbs;

const isVerb = (text: string): text is Verb => Object.hasOwn(verbs, text);

if (import.meta.main) {
  const [dir = "", verb = "", calls = "0"] = process.argv.slice(2);
  if (!isVerb(verb)) throw new Error(`There is no verb "${verb}": try ${Object.keys(verbs).join(" or ")}`);
  const measure: Job<Measured> = async (env) => {
    const tally = new Tally(Number(calls));
    await verbs[verb](Number(calls), tally)(env);
    return tally.measured();
  };
  console.log(JSON.stringify(await runJobLocal(programInfo(dir), measure, { cpus: 2, progress: "none" })));
}
