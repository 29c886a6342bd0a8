/** The error of an external program that a function has run. */

const MAX_STDERR_IN_MESSAGE = 1_000;

/** How a program ended. */
interface ProgramEnd {
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * A program that `ctx.exec` could not start, or that exited with another code than 0. Where a function does not catch it, it
 * is the `cause` of the call's CallError: `error.cause instanceof ExecError` holds there, too.
 */
export class ExecError extends Error {
  override readonly name = "ExecError";
  readonly code = "exec-failed";
  /** Null where it could not be started, or was killed. */
  readonly exitCode: number | null;
  /** What killed it, such as `"SIGKILL"`; null where nothing did. */
  readonly signal: string | null;
  /** What it had printed on its standard output until then. */
  readonly stdout: string;
  /** What it had printed on its standard error until then. */
  readonly stderr: string;

  constructor(argv: readonly string[], end: ProgramEnd, options?: ErrorOptions) {
    const how =
      end.signal !== null
        ? `was killed by ${end.signal}`
        : end.exitCode === null
          ? "could not be started"
          : `exited with code ${end.exitCode}`;
    const said = end.stderr.trimEnd().slice(-MAX_STDERR_IN_MESSAGE);
    super(`The program ${argv.join(" ")} ${how}${said === "" ? "" : `: ${said}`}`, options);
    this.exitCode = end.exitCode;
    this.signal = end.signal;
    this.stdout = end.stdout;
    this.stderr = end.stderr;
  }

  /** An error that came out of another process is of no class of its own; its fields are all there. */
  static override [Symbol.hasInstance](error: unknown): boolean {
    return error instanceof Error && error.name === "ExecError" && "code" in error && error.code === "exec-failed";
  }
}
