/** The guard beside an agent, which ends it with its head, whatever state it is in; and for how long an agent may stand still. */
import { type GuardedCommand, guardedCommand } from "@hyperion-ts/processes";
import type { AgentTimes } from "./agent-settings.ts";

/** How long an agent that is neither stopped nor without its parent may stand still, in milliseconds: a file system may be slow. */
const STUCK_MS = 60_000;
/** How much longer than the head waits for a sign of life, and says so, before the guard ends a stopped agent, in milliseconds. */
const AFTER_HEAD_MS = 5_000;
const ORPHANED_MS = 5_000;

/** The command that becomes an agent's, with a guard beside it. */
export function withGuard(
  command: readonly string[],
  { connectTimeoutMs, heartbeatMs, silenceMs }: AgentTimes,
): GuardedCommand {
  const stoppedMs = silenceMs + AFTER_HEAD_MS;
  return guardedCommand(command, {
    stoppedMs,
    orphanedMs: Math.max(ORPHANED_MS, 3 * heartbeatMs),
    stuckMs: Math.max(STUCK_MS, 2 * connectTimeoutMs, 2 * stoppedMs),
  });
}
