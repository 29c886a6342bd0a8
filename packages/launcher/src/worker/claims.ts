/** The worker's side of the file that says which calls it may begin (see agent/claims.ts). */
import { readSync } from "node:fs";

const FD = 4;

export class Claims {
  readonly #byte = Buffer.allocUnsafeSlow(1);
  /** The recalls that the worker has heard of, modulo 256. */
  #recalls = 0;
  /** What was read for the first call behind a recall that the worker had not heard of. */
  #early: number | undefined;
  /** The first call in line was claimed like that, before it came. */
  #firstIsClaimed = false;

  /** Claims the first call in line; false when the agent has taken it back, and all behind it up to the recall. */
  claim(): boolean {
    if (this.#firstIsClaimed) {
      this.#firstIsClaimed = false;
      return true;
    }
    this.#early ??= this.#read();
    if (this.#early !== this.#recalls) return false;
    this.#early = undefined;
    return true;
  }

  /** The worker hears of a recall. Returns how many of the calls in line are claimed all the same: the first, or none. */
  recalled(): 0 | 1 {
    if (this.#early === this.#recalls) {
      this.#early = undefined;
      this.#firstIsClaimed = true;
    }
    this.#recalls = (this.#recalls + 1) & 0xff;
    return this.#firstIsClaimed ? 1 : 0;
  }

  #read(): number | undefined {
    return readSync(FD, this.#byte, 0, 1, null) === 1 ? this.#byte[0] : undefined;
  }
}
