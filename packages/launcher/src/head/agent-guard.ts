/** The guard beside an agent, which ends it with its head, whatever state it is in; and for how long an agent may stand still. */
import { type GuardedCommand, guardedCommand } from "@hyperion-ts/processes";
import type { Times } from "./launcher-options.ts";

/** How long an agent that was not stopped, and still has its parent, may stand still, in milliseconds: a file system may be slow. */
const STUCK_MS = 60_000;
/** For how much longer than the head, which says so, the guard waits for a sign of life of a stopped agent, in milliseconds. */
const AFTER_HEAD_MS = 5_000;
/** How long an agent may stand still that was left by its parent, in milliseconds. */
const ORPHANED_MS = 5_000;

/** The command that becomes an agent's, with a guard beside it. */
export function withGuard(
  command: readonly string[],
  { connectTimeoutMs, heartbeatMs, silenceMs }: Pick<Times, "connectTimeoutMs" | "heartbeatMs" | "silenceMs">,
): GuardedCommand {
  const stoppedMs = silenceMs + AFTER_HEAD_MS;
  return guardedCommand(command, {
    stoppedMs,
    orphanedMs: Math.max(ORPHANED_MS, 3 * heartbeatMs),
    stuckMs: Math.max(STUCK_MS, 2 * connectTimeoutMs, 2 * stoppedMs),
  });
}
