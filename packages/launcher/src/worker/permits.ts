/** The worker's side of the file of permits, which say which calls it may begin (see agent/permit-file.ts). */
import { readSync } from "node:fs";

const FD = 4;

/** The permits of this worker, as it takes them. */
export class Permits {
  readonly #byte = Buffer.allocUnsafeSlow(1);
  /** The recalls that the worker has heard of, modulo 256. */
  #recalls = 0;
  /** The permit that was read for the first call behind a recall that the worker had not heard of. */
  #early: number | undefined;
  /** The permit of the first call in line was read like that, before the call came. */
  #firstIsPermitted = false;

  /** Takes the permit of the first call in line; false when the agent has taken that call back, and all behind it up to the recall. */
  take(): boolean {
    if (this.#firstIsPermitted) {
      this.#firstIsPermitted = false;
      return true;
    }
    this.#early ??= this.#read();
    if (this.#early !== this.#recalls) return false;
    this.#early = undefined;
    return true;
  }

  /** The worker hears of a recall. Returns how many of the calls in line it may begin all the same: the first, or none. */
  recalled(): 0 | 1 {
    if (this.#early === this.#recalls) {
      this.#early = undefined;
      this.#firstIsPermitted = true;
    }
    this.#recalls = (this.#recalls + 1) & 0xff;
    return this.#firstIsPermitted ? 1 : 0;
  }

  #read(): number | undefined {
    return readSync(FD, this.#byte, 0, 1, null) === 1 ? this.#byte[0] : undefined;
  }
}
