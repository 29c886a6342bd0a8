/** The one error of this package. */

/** `not-found`: there is no such hold, or several may be meant. `bad-change`: a change is not as it has to be. `decided`: its call is being made again, or was given up. */
export type HoldsErrorCode = "not-found" | "bad-change" | "decided";

/** What was asked for can't be done with a hold. The message says why, and what there is. */
export class HoldsError extends Error {
  override readonly name = "HoldsError";
  /** Tells the cases apart. */
  readonly code: HoldsErrorCode;

  constructor(code: HoldsErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
