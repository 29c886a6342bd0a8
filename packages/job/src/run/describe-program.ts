/** What is kept of a program beside its results: where it ran, and what it was. */
import { readFileSync } from "node:fs";
import { hostname, userInfo } from "node:os";
import { dirname } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { runCommand } from "@hyperion-ts/processes";

/** A repository on a slow file system may take long to look at; then it is not known. */
const GIT_LIMIT_MS = 10_000;

/** What is known of a program. Null: not known. */
export interface ProgramDescription {
  /** The name of the machine. */
  readonly host: string;
  /** The user's name; a number where there is none. */
  readonly user: string;
  /** The program's file and arguments. */
  readonly command: readonly string[];
  /** E.g. `"v24.3.0"`. */
  readonly nodeVersion: string;
  /** That of this package. */
  readonly hyperionVersion: string;
  /** The commit of the repository that the program's file is in. */
  readonly gitCommit: string | null;
  /** Whether all files of the repository were as in that commit. */
  readonly gitClean: boolean | null;
}

/**
 * Describes the program of this process. Never rejects; what is not known when `signal` aborts is left out. No process
 * that it has started runs when it has resolved.
 */
export async function describeProgram(signal: AbortSignal): Promise<ProgramDescription> {
  const [, file = "."] = process.argv;
  const limit = AbortSignal.any([signal, AbortSignal.timeout(GIT_LIMIT_MS)]);
  const git = (...args: readonly string[]): Promise<string | null> =>
    outputOf(["git", "-C", dirname(file), ...args], limit).catch(() => null);
  // One after the other: where a user may have few processes, each counts.
  const gitCommit = await git("rev-parse", "--verify", "HEAD");
  const changes = gitCommit === null ? null : await git("--no-optional-locks", "status", "--porcelain");
  return {
    host: hostname(),
    user: userName(),
    command: process.argv.slice(1),
    nodeVersion: process.version,
    hyperionVersion: ownVersion(),
    gitCommit,
    gitClean: changes === null ? null : changes === "",
  };
}

/** What a program printed, trimmed; a rejection where it can't be started, fails, or is killed because `signal` aborts. */
async function outputOf(argv: readonly string[], signal: AbortSignal): Promise<string> {
  signal.throwIfAborted();
  await using running = await runCommand({ argv });
  signal.addEventListener("abort", () => running.kill(), { once: true });
  if (signal.aborted) running.kill();
  const [printed, { code }] = await Promise.all([text(running.stdout), running.exited]);
  if (code !== 0) throw new Error(`${argv.join(" ")} ended with code ${code}: ${running.lastErrors()}`);
  return printed.trim();
}

/** A user without an entry in the list of users has a number all the same. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.() ?? "");
  }
}

/** Said by who puts this package into a snapshot, which has no package.json. */
declare const HYPERION_VERSION: string | undefined;

function ownVersion(): string {
  if (typeof HYPERION_VERSION === "string") return HYPERION_VERSION;
  const manifest: unknown = JSON.parse(
    readFileSync(fileURLToPath(new URL("../../package.json", import.meta.url)), "utf8"),
  );
  return typeof manifest === "object" && manifest !== null && "version" in manifest ? String(manifest.version) : "";
}
