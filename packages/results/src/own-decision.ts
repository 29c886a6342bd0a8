/** Whether a job is the sole one that asks (claim-messages.ts), as far as it has been told on the channel of now. */
import type { RowName } from "./file-position.ts";
import { rowId } from "./row-finder.ts";

/** What is known of it. */
export class OwnDecision {
  /** "open": the arbiter has not said it yet, and questions wait for that. */
  #state: "open" | "sole" | "several" = "open";
  readonly #elsewhere = new Set<string>();

  /** Whether questions may be sent. */
  get isMade(): boolean {
    return this.#state !== "open";
  }

  /** Whether this database decides who computes the key. */
  includes(map: string, key: string): boolean {
    return this.#state === "sole" && (this.#elsewhere.size === 0 || !this.#elsewhere.has(rowId(map, key)));
  }

  /** The job is the sole one. */
  sole(keys: readonly RowName[]): void {
    this.#state = "sole";
    this.elsewhere(keys);
  }

  /** These have to be asked of. */
  elsewhere(keys: readonly RowName[]): void {
    for (const [map, key] of keys) this.#elsewhere.add(rowId(map, key));
  }

  /** Others ask too. True where this is new to a job that was the sole one. */
  several(): boolean {
    const wasSole = this.#state === "sole";
    this.#state = "several";
    return wasSole;
  }

  /** There is no channel, or a new one. */
  reset(): void {
    this.#state = "open";
    this.#elsewhere.clear();
  }
}
