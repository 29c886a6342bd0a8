/** What is waited for in a database, not for CPUs: for whoever asks why nothing comes. */

/** A key whose value somebody waits for. */
export interface StoreWait {
  /**
   * `equal-call`: another call of this program computes it; `equal-call-elsewhere`: another database's program does, or is
   * asked whether it does; `commit`: it is computed, and is being written to the disk.
   */
  readonly kind: "equal-call" | "equal-call-elsewhere" | "commit";
  /** The name of the map. */
  readonly map: string;
  /** The key's canonical JSON. */
  readonly key: string;
  /** How many calls wait for it. */
  readonly callers: number;
  /** Since when, on performance.now()'s clock, or a little earlier. */
  readonly sinceMs: number;
}
