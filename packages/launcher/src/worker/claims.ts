/** The worker's side of the file that says which calls it may begin (see agent/claims.ts). */
import { readSync } from "node:fs";

const FD = 4;

export class Claims {
  readonly #byte = Buffer.allocUnsafeSlow(1);

  /** Claims the next call in line; false when the agent has taken it back. */
  claim(): boolean {
    return readSync(FD, this.#byte, 0, 1, null) === 1;
  }
}
