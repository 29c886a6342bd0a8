/** The one error of this package. */

/**
 * `no-socket`: a run can't be asked, because no folder takes its socket. `not-found`: there is no such run, or call.
 * `not-running`: only a run that goes on could do that. `elsewhere`: it is on another machine. `not-ours`: the socket is not
 * this user's. `refused`: the run has said no, or something that is no answer.
 */
export type ControlErrorCode = "no-socket" | "not-found" | "not-running" | "elsewhere" | "not-ours" | "refused";

/** A run could not be asked, or could not do what was asked for. The message says why, and what to do. */
export class ControlError extends Error {
  override readonly name = "ControlError";
  /** Tells the cases apart. */
  readonly code: ControlErrorCode;

  constructor(code: ControlErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
