/** Asks one of OpenSSH's programs something. It runs in a process group of its own, and nothing of it is left behind. */
import { text } from "node:stream/consumers";
import { showDuration } from "@hyperion-ts/bounds";
import { CommandError, runCommand, showArgv } from "@hyperion-ts/processes";
import { TransportError } from "./command-session.ts";

/** ssh may have to run programs for an answer (Match exec), and name servers may be slow. */
const TIME_LIMIT_MS = 10_000;

/** What a program answered. */
export interface Answer {
  /** The exit code; null where a signal ended the program. */
  readonly code: number | null;
  /** All of its standard output. */
  readonly stdout: string;
  /** The last 4 KB of its standard error. */
  readonly stderr: string;
}

/**
 * Runs `argv` to its end, for 10 s at most.
 *
 * @throws TransportError "unsupported" when there is no such program or no answer; on an abort, the signal's reason
 */
export async function askProgram(argv: readonly string[], signal: AbortSignal): Promise<Answer> {
  signal.throwIfAborted();
  await using running = await runCommand({ argv }).catch((cause: unknown) => {
    throw new TransportError(
      {
        reason: "unsupported",
        message: `${cause instanceof CommandError ? cause.message : String(cause)}. Is OpenSSH installed here?`,
      },
      { cause },
    );
  });
  running.stdin.on("error", () => undefined).end();
  const giveUp = (): void => running.kill();
  const timer = setTimeout(giveUp, TIME_LIMIT_MS);
  signal.addEventListener("abort", giveUp, { once: true });
  try {
    signal.throwIfAborted();
    const [stdout, { code, signal: killedBy }] = await Promise.all([text(running.stdout), running.exited]);
    signal.throwIfAborted();
    if (killedBy === null) return { code, stdout, stderr: running.lastErrors() };
    throw new TransportError({
      reason: "unsupported",
      message: `${showArgv(argv)} was ended by ${killedBy} and did not answer (it gets ${showDuration(TIME_LIMIT_MS)})`,
    });
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", giveUp);
  }
}
