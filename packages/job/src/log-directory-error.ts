/** What a person is told of a wrong directory. Loaded by workers too, with job's index: it opens nothing. */
import { DirectoryError } from "@hyperion-ts/bounds";

/** A run's log directory can't be made. The `cause` says what is in the way. */
export class LogDirectoryError extends Error {
  override readonly name = "LogDirectoryError";
  readonly code = "log-directory-failed";
  /** The directory that was to be made. */
  readonly path: string;

  constructor(path: string, cause: unknown) {
    super(
      `The log directory ${path} can't be made: ${reasonOf(cause)}. ` +
        "Give programInfo a directory that this user may write to, and see that no file is in the way.",
      { cause },
    );
    this.path = path;
  }
}

const reasonOf = (cause: unknown): string =>
  cause instanceof DirectoryError ? cause.reason : cause instanceof Error ? cause.message : String(cause);
