/**
 * The one error class of this package. Whoever reads from a peer has to tell "the peer sent nonsense" from errors of
 * its own, and whoever sends a value has to tell "this value cannot travel"; `code` says which, and stays stable.
 */

/**
 * What went wrong:
 * - `unencodable-value`: a value holds something that cannot travel (a function, a promise, ...); the message has its path.
 * - `undecodable-value`: bytes that are no encoded value: cut short, damaged, or written by another version.
 * - `bad-frame`: bytes on the stream that are no frame of this protocol.
 * - `bad-greeting`: the peer did not introduce itself, or speaks another version.
 * - `too-large`: a frame or value beyond the limit that the receiver set.
 */
export type WireErrorCode = "unencodable-value" | "undecodable-value" | "bad-frame" | "bad-greeting" | "too-large";

/** Thrown by everything in this package that refuses a value or bytes. */
export class WireError extends Error {
  override readonly name = "WireError";
  /** What went wrong; see `WireErrorCode`. */
  readonly code: WireErrorCode;

  /** `options.cause` is the error of a library below, where there is one. */
  constructor(code: WireErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
