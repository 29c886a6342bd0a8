/** Things that are done one after the other, so many at a stretch: the mean of a stretch is one sample. */
import { median, quantile } from "./statistics.ts";

/** Calls one after the other, a block at a time. */
export class Blocks {
  readonly p99s: number[] = [];
  readonly #calls: number;
  readonly #call: (i: number) => Promise<unknown>;

  constructor(calls: number, call: (i: number) => Promise<unknown>) {
    this.#calls = calls;
    this.#call = call;
  }

  /** The mean of a block's calls, in microseconds. */
  async run(): Promise<number> {
    const times = new Float64Array(this.#calls);
    const startMs = performance.now();
    let beginMs = startMs;
    for (let i = 0; i < this.#calls; i += 1) {
      await this.#call(i);
      const endMs = performance.now();
      times[i] = (endMs - beginMs) * 1_000;
      beginMs = endMs;
    }
    this.p99s.push(quantile([...times], 0.99));
    return ((beginMs - startMs) * 1_000) / this.#calls;
  }
}

/** How often `b` is contained in `a`, by their medians. */
export const timesAsMuch = (a: readonly number[], b: readonly number[]): number => median(a) / median(b);

/** The same in quiet moments: load adds to both alike and so flatters the ratio. A tenth of the blocks were quicker. */
export const timesAsMuchWhenQuiet = (a: readonly number[], b: readonly number[]): number =>
  quantile(a, 0.1) / quantile(b, 0.1);
