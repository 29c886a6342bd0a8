/**
 * Whether SQLite's log still has what was written into it. Who cuts it takes pages away, and the next COMMIT makes it as long
 * again, with zeros where they were: SQLite would then copy zeros into the database. So the beginning and the end of the log
 * are kept in memory, and compared the next time.
 *
 * The log is begun anew at its beginning, with another header, when all of it is in the database; what stood behind stays
 * until it is written over, by whole frames. Neither leaves zeros from some place on to the end of what is compared.
 */
import { closeSync, openSync, readSync } from "node:fs";

const HEADER_BYTES = 32;
/** A frame of SQLite's usual page size, with its header. */
const END_BYTES = 4_096 + 24;

/** The beginning and the end of a write-ahead log, as they were at the last look. */
export class LogContent implements Disposable {
  /** Open for as long as the database is. SQLite has no locks on the log, so that closing it drops none. */
  readonly #file: number | undefined;
  readonly #beginning = new KeptBytes(HEADER_BYTES);
  readonly #end = new KeptBytes(END_BYTES);
  #bytes = 0;

  /** `path` is the log's; it may be missing. */
  constructor(path: string) {
    this.#file = tryOpen(path);
  }

  /** Whether something was taken out of the log, which is `bytes` long, since the last time. */
  hasLost(bytes: number): boolean {
    if (this.#file === undefined) return false;
    try {
      return this.#hasLost(this.#file, bytes);
    } catch {
      // For instance a server that does not answer: what can't be known is no reason to end.
      return false;
    }
  }

  #hasLost(file: number, bytes: number): boolean {
    if (this.#beginning.isCutIn(file) || this.#end.isCutIn(file)) return true;
    this.#beginning.keep(file, 0);
    if (bytes > this.#bytes) this.#end.keep(file, Math.max(0, bytes - END_BYTES));
    this.#bytes = bytes;
    return false;
  }

  [Symbol.dispose](): void {
    if (this.#file !== undefined) closeSync(this.#file);
  }
}

/** A part of a file, as it was. */
class KeptBytes {
  readonly #now: Buffer;
  readonly #kept: Buffer;
  #at = 0;
  #length = 0;

  constructor(bytes: number) {
    this.#now = Buffer.alloc(bytes);
    this.#kept = Buffer.alloc(bytes);
  }

  keep(file: number, at: number): void {
    this.#at = at;
    this.#length = readSync(file, this.#kept, 0, this.#kept.length, at);
  }

  /** Whether from some place on there are zeros now, where there was something else. */
  isCutIn(file: number): boolean {
    const read = readSync(file, this.#now, 0, this.#length, this.#at);
    this.#now.fill(0, read);
    const now = this.#now.subarray(0, this.#length);
    const kept = this.#kept.subarray(0, this.#length);
    if (now.equals(kept)) return false;
    const differs = now.findIndex((byte, place) => byte !== kept[place]);
    return now.subarray(differs).every((byte) => byte === 0);
  }
}

function tryOpen(path: string): number | undefined {
  try {
    return openSync(path, "r");
  } catch {
    // Then its length has to tell.
    return undefined;
  }
}
