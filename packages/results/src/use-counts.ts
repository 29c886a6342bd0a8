/** What a database has done since it was opened. */
import type { ResultsCounters } from "./results-options.ts";
import type { ClaimAnswer } from "./results-store.ts";
import type { FoundValue } from "./row-finder.ts";

/** Counts what goes through it, and passes it on. */
export class UseCounts {
  readonly #onHit: ((map: string) => void) | undefined;
  readonly #counts = { lookups: 0, hits: 0, shared: 0, inserts: 0, commits: 0 };

  /** `onHit` is called with the map's name where a claim is answered by a row. */
  constructor(onHit?: (map: string) => void) {
    this.#onHit = onHit;
  }

  /** The counts up to now. */
  get now(): ResultsCounters {
    return { ...this.#counts };
  }

  /** A claim was answered. */
  answer(map: string, answer: ClaimAnswer): ClaimAnswer {
    if (answer.kind === "shared") this.#counts.shared += 1;
    else this.#counts.lookups += 1;
    if (answer.kind !== "remembered") return answer;
    this.#counts.hits += 1;
    this.#onHit?.(map);
    return answer;
  }

  /** A key was looked up here. */
  lookup(found: FoundValue | undefined): string | undefined {
    this.#counts.lookups += 1;
    return this.hit(found);
  }

  /** What a look-up has found in the end. */
  hit(found: FoundValue | undefined): string | undefined {
    if (found !== undefined) this.#counts.hits += 1;
    return found?.value;
  }

  /** Rows were written in one transaction. */
  written(rows: number): void {
    this.#counts.inserts += rows;
    this.#counts.commits += 1;
  }
}
