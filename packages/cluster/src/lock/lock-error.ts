/** The one error of locks. */

/**
 * What went wrong:
 * - `held-already`: this job has the key, and asks for it again: it would wait for itself
 * - `lost`: the lock's file was removed, or somebody else took the lock, while the action ran
 */
export type LockErrorCode = "held-already" | "lost";

/** A lock could not be taken, or was not held to the end of its action. */
export class LockError extends Error {
  override readonly name = "LockError";
  readonly code: LockErrorCode;
  /** The canonical JSON of the key. */
  readonly key: string;

  constructor(code: LockErrorCode, key: string, message: string) {
    super(message);
    this.code = code;
    this.key = key;
  }
}
