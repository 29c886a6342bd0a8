/**
 * The greeting: the mark that tells where frames begin.
 *
 * A login shell may print banners before the agent runs. The receiver skips everything
 * before the mark, at most `MAX_BANNER_BYTES`, and shows what it skipped if the mark
 * never comes.
 */
import { PROTOCOL_VERSION } from "./messages.ts";
import { WireError } from "./wire-error.ts";

/** How much a login shell may print before the greeting. */
export const MAX_BANNER_BYTES = 65_536;

/** What an agent writes first. The NUL bytes keep it from standing in any banner. */
export const GREETING: Uint8Array = Buffer.from(`\0hyperion-ts frames ${PROTOCOL_VERSION}\0\n`);

/** Finds the greeting in a stream. */
export class GreetingScanner {
  #skipped = Buffer.alloc(0);

  /** What came before the greeting so far, as text. */
  get banner(): string {
    return this.#skipped.toString("utf8").trim();
  }

  /**
   * Takes the next piece of the stream; returns what follows the greeting once it was found.
   * Throws a `WireError` ("bad-greeting") when too much came without it.
   */
  push(chunk: Buffer): Buffer | undefined {
    const bytes = Buffer.concat([this.#skipped, chunk]);
    const at = bytes.indexOf(GREETING);
    this.#skipped = at < 0 ? bytes : bytes.subarray(0, at);
    if (this.#skipped.length > MAX_BANNER_BYTES) {
      throw new WireError(
        "bad-greeting",
        `The agent did not greet within the first ${MAX_BANNER_BYTES} bytes of its output. The output begins with:\n${this.banner.slice(0, 1_000)}`,
      );
    }
    return at < 0 ? undefined : bytes.subarray(at + GREETING.length);
  }
}
