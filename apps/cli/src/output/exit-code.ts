/** What the exit codes of all commands say, for scripts. */
import { ControlError } from "@hyperion-ts/control";
import { HoldsError } from "@hyperion-ts/holds";

/** By what has happened. */
export const EXIT_CODES = {
  /** It went well. */
  done: 0,
  /** It failed; stderr says how. */
  failed: 1,
  /** The command line is wrong. */
  usage: 2,
  /** There is no such run, call, hold, map or directory. */
  notFound: 3,
  /** Only a run that goes on, on this machine, can do that. */
  notRunning: 4,
  /** It is another user's. */
  notOurs: 5,
} as const;

/** One of them. */
export type ExitCode = (typeof EXIT_CODES)[keyof typeof EXIT_CODES];

/** The code of a command that has failed with `error`. */
export function exitCodeOf(error: unknown): ExitCode {
  if (error instanceof ControlError) return OF_CONTROL[error.code];
  if (error instanceof HoldsError) return OF_HOLDS[error.code];
  if (Error.isError(error) && "code" in error && error.code === "not-ours") return EXIT_CODES.notOurs;
  return EXIT_CODES.failed;
}

const OF_HOLDS: Readonly<Record<HoldsError["code"], ExitCode>> = {
  "not-found": EXIT_CODES.notFound,
  "bad-change": EXIT_CODES.usage,
  decided: EXIT_CODES.failed,
};

const OF_CONTROL: Readonly<Record<ControlError["code"], ExitCode>> = {
  "not-found": EXIT_CODES.notFound,
  "not-running": EXIT_CODES.notRunning,
  elsewhere: EXIT_CODES.notRunning,
  "not-ours": EXIT_CODES.notOurs,
  "no-socket": EXIT_CODES.failed,
  refused: EXIT_CODES.failed,
};
