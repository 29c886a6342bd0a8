/**
 * What makes sure that an agent ends with its head, whatever state it is in. An agent that lives sees the end of its
 * input, and ends its workers and itself in order. One that was stopped (SIGSTOP), or hangs (before its first line where a
 * limit of processes leaves the runtime no threads; in a file system that does not answer), sees nothing. So:
 *
 * - It starts with `setpriv --pdeathsig CONT`, where that is there: when its parent dies (the head, or sshd with the
 *   connection) the kernel wakes an agent that was stopped.
 * - Beside it runs a guard: a bash that looks once a second at what the kernel tells of the agent. It kills all that bears the
 *   agent's mark (process-marks.ts), the agent and its workers among them, when the agent is gone and did not end the guard
 *   itself, or has not run at all for too long. Where there is no bash there is no guard.
 *
 * An agent that gets little time on a busy machine is safe: it does run, and is not stopped. The guard counts its own looks
 * and not the time, so that nothing is counted while it is suspended itself, with the agent's job or the whole machine.
 */
import type { AgentTimes } from "./agent-settings.ts";
import { newMark } from "./process-marks.ts";

/** How long an agent that is neither stopped nor without its parent may stand still, in milliseconds: a file system may be slow. */
const STUCK_MS = 60_000;
/** How much longer than the head waits for a sign of life, and says so, before the guard ends a stopped agent, in milliseconds. */
const AFTER_HEAD_MS = 5_000;
const ORPHANED_MS = 5_000;

export interface GuardedCommand {
  readonly argv: string[];
  /** What the agent and all that it starts bear. */
  readonly mark: string;
}

/** The command that becomes an agent's, with a guard beside it. The shell's lines have no line ends, which not all login shells can quote. */
export function withGuard(
  command: readonly string[],
  { connectTimeoutMs, heartbeatMs, silenceMs }: AgentTimes,
): GuardedCommand {
  const stoppedMs = silenceMs + AFTER_HEAD_MS;
  return guarded(command, {
    stoppedMs,
    orphanedMs: Math.max(ORPHANED_MS, 3 * heartbeatMs),
    stuckMs: Math.max(STUCK_MS, 2 * connectTimeoutMs, 2 * stoppedMs),
  });
}

/** The same for a program of this machine that carries a session, which may well stand still while its head lives. */
export const withClientGuard = (command: readonly string[]): GuardedCommand =>
  guarded(command, { stoppedMs: NEVER_MS, orphanedMs: STUCK_MS, stuckMs: NEVER_MS });

/** For how long a program may not run at all before it is killed, in milliseconds; Infinity, which bash takes for a name, counts as `NEVER_MS`. */
interface Patience {
  readonly stoppedMs: number;
  /** Its parent has ended. */
  readonly orphanedMs: number;
  /** Neither is the case. */
  readonly stuckMs: number;
}

const NEVER_MS = 1e12;

function guarded(command: readonly string[], { stoppedMs, orphanedMs, stuckMs }: Patience): GuardedCommand {
  const mark = newMark();
  // The shell knows no Infinity.
  const looks = [stoppedMs, orphanedMs, stuckMs].map((ms) => String(Math.ceil(Math.min(ms, NEVER_MS) / 1_000)));
  return { argv: ["/bin/sh", "-c", START, "sh", GUARD, mark, ...looks, ...command], mark };
}

/** Starts the guard, which holds none of the agent's streams and hears none of the batch system's signals, and becomes the agent. */
const START = [
  "guard=$1 mark=$2 stopped=$3 orphaned=$4 stuck=$5; shift 5;",
  '(trap "" HUP INT TERM USR1 USR2; exec bash -c "$guard" guard $$ $PPID "$mark" "$stopped" "$orphaned" "$stuck") </dev/null >/dev/null 2>&1 &',
  "export HYPERION_GUARD=$! HYPERION_SETPRIV=0 HYPERION_BELONGS_TO=${HYPERION_BELONGS_TO:+$HYPERION_BELONGS_TO:}$mark;",
  'setpriv --pdeathsig CONT true >/dev/null 2>&1 || exec "$@"; HYPERION_SETPRIV=1; exec setpriv --pdeathsig CONT -- "$@"',
].join(" ");

/**
 * Of proc_pid_stat(5) the state, the parent, and at the 20th place behind the name in parentheses when the process began.
 * /proc/PID/schedstat begins with how long the main thread has run, in nanoseconds; where a kernel has no such file, or says 0,
 * its switches are counted (proc_pid_status(5)). Nobody writes to the pipe that is read: to wait there takes no process, as
 * `sleep` would.
 */
const LOOK = [
  "agent=$1 parent=$2 mark=$3 stopped=$4 orphaned=$5 stuck=$6 begun= last= still=0; exec <> <(:);",
  "while read -rt 1; (($? > 128)); do",
  "read -r stat </proc/$agent/stat || break;",
  "set -- ${stat##*) }; begun=${begun:-${20}}; [[ $1 != [ZX] && ${20} = $begun ]] || break;",
  "ran=; read -r ran stat </proc/$agent/schedstat; ran=${ran#0};",
  "[[ $ran ]] || while read -r name stat; do [[ $name = *ctxt_switches: ]] && ran+=.$stat; done </proc/$agent/status;",
  'if [[ $ran = "$last" && ($ran || $1 = T) ]]; then ((still += 1)); else still=0 last=$ran; fi;',
  "limit=$stuck; [[ $1 = T ]] && limit=$stopped; [[ $2 != $parent ]] && limit=$orphaned;",
  "((still < limit)) || break; done;",
].join(" ");

/** Again, because who was found may have started somebody meanwhile; who can't be killed in so many rounds can't be helped. */
const KILL = [
  "for round in {1..20}; do found=0; for process in /proc/[0-9]*; do",
  'while IFS= read -rd "" each; do if [[ $each = HYPERION_BELONGS_TO=*$mark* ]]; then kill -KILL ${process#/proc/} && found=1; break; fi; done <$process/environ;',
  "done; ((found)) || break; read -rt 0.05; done",
].join(" ");

const GUARD = `${LOOK} ${KILL}`;
