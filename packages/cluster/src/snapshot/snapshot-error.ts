/** Why there is no snapshot, or none that may be run. */

/**
 * - `"snapshot-failed"`: it could not be made of the program's files; the message has the bundler's words, with file and line.
 * - `"snapshot-damaged"`: its bytes are other ones than when it was made.
 * - `"snapshot-not-ours"`: another user made the file, or may write to it.
 * - `"snapshot-unreadable"`: it is missing, or the file system does not give it.
 * - `"snapshot-not-loaded"`: it is as it was made, and what it does when it is imported fails; the `cause` is that error.
 */
export type SnapshotErrorCode =
  | "snapshot-failed"
  | "snapshot-damaged"
  | "snapshot-not-ours"
  | "snapshot-unreadable"
  | "snapshot-not-loaded";

/** There is no snapshot of the program, or none that may be run. The message says which file, what is wrong with it, and what to do. */
export class SnapshotError extends Error {
  override readonly name = "SnapshotError";
  readonly code: SnapshotErrorCode;
  /** The snapshot, or the first file that one was to be made of. */
  readonly file: string;

  constructor(code: SnapshotErrorCode, file: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.file = file;
  }
}

/** What an error says, whatever was thrown. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
