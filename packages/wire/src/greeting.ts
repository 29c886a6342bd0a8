/**
 * The greeting: the mark that tells where frames begin.
 *
 * A login shell may print banners before the agent runs. The receiver skips everything
 * before the mark, at most `MAX_BANNER_BYTES`, and can show what it skipped if the mark
 * never comes.
 */
import { WireError } from "./wire-error.ts";

/** Raised whenever a frame or a message changes its meaning; both ends must agree. */
export const PROTOCOL_VERSION = 7;

/** How much a login shell may print before the greeting. */
export const MAX_BANNER_BYTES = 65_536;

const greeting = (version: string): string => `\0hyperion-ts frames ${version}\0\n`;

/** What an agent writes first. The NUL bytes keep it from standing in any banner. */
export const GREETING: Uint8Array = Buffer.from(greeting(String(PROTOCOL_VERSION)));

const ANY_GREETING = new RegExp(greeting("([0-9]+)"));

/** Finds the greeting in a stream. */
export class GreetingScanner {
  #skipped = Buffer.alloc(0);

  /** What came before the greeting so far, as text. */
  get banner(): string {
    return this.#skipped.toString("utf8").trim();
  }

  /**
   * Takes the next piece of the stream; returns what follows the greeting once it was found.
   *
   * @throws WireError `bad-greeting` when too much came without the greeting, or the agent speaks another version
   */
  push(chunk: Buffer): Buffer | undefined {
    const bytes = Buffer.concat([this.#skipped, chunk]);
    const at = bytes.indexOf(GREETING);
    this.#skipped = at < 0 ? bytes : bytes.subarray(0, at);
    // While it was not found, it may still begin in the last bytes.
    const bannerBytes = at < 0 ? bytes.length - (GREETING.length - 1) : at;
    if (bannerBytes > MAX_BANNER_BYTES)
      throw new WireError(
        "bad-greeting",
        `The agent did not greet within the first ${MAX_BANNER_BYTES} bytes of its output`,
      );
    if (at >= 0) return bytes.subarray(at + GREETING.length);
    refuseOtherVersion(bytes);
    return undefined;
  }
}

function refuseOtherVersion(bytes: Buffer): void {
  if (!bytes.includes(0)) return;
  const version = ANY_GREETING.exec(bytes.toString("latin1"))?.[1];
  if (version === undefined) return;
  throw new WireError(
    "bad-greeting",
    `The agent speaks version ${version} of the protocol, this program version ${PROTOCOL_VERSION}: install one version of hyperion-ts on all nodes`,
  );
}
