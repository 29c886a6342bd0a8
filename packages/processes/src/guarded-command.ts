/**
 * What makes sure that a program ends with who has started it, whatever state it is in. A program that lives sees the end of
 * its input, and ends in order. One that was stopped (SIGSTOP), or hangs (before its first line where a limit of processes
 * leaves the runtime no threads; in a file system that does not answer), sees nothing. So:
 *
 * - It starts with `setpriv --pdeathsig CONT`, where that is there: when its parent dies the kernel wakes a program that was
 *   stopped.
 * - Beside it runs a guard: a bash that looks once a second at what the kernel tells of the program. It kills all that bears
 *   the program's mark (process-marks.ts), the program and what it has started among them, when the program is gone and did
 *   not end the guard itself, or has not run at all for too long. Where there is no bash there is no guard.
 *
 * A program that gets little time on a busy machine is safe: it does run, and is not stopped. The guard counts its own looks
 * and not the time, so that nothing is counted while it is suspended itself, with the program's job or the whole machine.
 */
import { MARK_VARIABLE, newMark } from "./process-marks.ts";

/** A command with a guard beside it. */
export interface GuardedCommand {
  /** What is to be run in the program's place. */
  readonly argv: string[];
  /** What the program and all that it starts bear. */
  readonly mark: string;
}

/** For how long a program may not run at all before it is killed, in milliseconds; Infinity: as long as it likes. */
export interface Patience {
  /** Because it was stopped (SIGSTOP). */
  readonly stoppedMs: number;
  /** While its parent has ended. */
  readonly orphanedMs: number;
  /** Without either reason. */
  readonly stuckMs: number;
}

/** In place of Infinity, which bash takes for a name, in milliseconds. */
const NEVER_MS = 1e12;

/**
 * The command that becomes the program, with a guard beside it. The shell's lines have no line ends, which not all login shells
 * can quote. The program hears of its guard, and of this machine's setpriv, by `takeGuardNews` (guard-news.ts).
 */
export function guardedCommand(
  command: readonly string[],
  { stoppedMs, orphanedMs, stuckMs }: Patience,
): GuardedCommand {
  const mark = newMark();
  const looks = [stoppedMs, orphanedMs, stuckMs].map((ms) => String(Math.ceil(Math.min(ms, NEVER_MS) / 1_000)));
  return { argv: ["/bin/sh", "-c", START, "sh", GUARD, mark, ...looks, ...command], mark };
}

/** Starts the guard, which holds none of the program's streams and hears none of the batch system's signals, and becomes the program. */
const START = [
  "guard=$1 mark=$2 stopped=$3 orphaned=$4 stuck=$5; shift 5;",
  '(trap "" HUP INT TERM USR1 USR2; exec bash -c "$guard" guard $$ $PPID "$mark" "$stopped" "$orphaned" "$stuck") </dev/null >/dev/null 2>&1 &',
  `export HYPERION_GUARD=$! HYPERION_SETPRIV=0 ${MARK_VARIABLE}=\${${MARK_VARIABLE}:+$${MARK_VARIABLE}:}$mark;`,
  'setpriv --pdeathsig CONT true >/dev/null 2>&1 || exec "$@"; HYPERION_SETPRIV=1; exec setpriv --pdeathsig CONT -- "$@"',
].join(" ");

/**
 * Of proc_pid_stat(5) the state, the parent, and at the 20th place behind the name in parentheses when the process began.
 * /proc/PID/schedstat begins with how long the main thread has run, in nanoseconds; where a kernel has no such file, or says 0,
 * its switches are counted (proc_pid_status(5)). Nobody writes to the pipe that is read: to wait there takes no process, as
 * `sleep` would.
 */
const LOOK = [
  "program=$1 parent=$2 mark=$3 stopped=$4 orphaned=$5 stuck=$6 begun= last= still=0; exec <> <(:);",
  "while read -rt 1; (($? > 128)); do",
  "read -r stat </proc/$program/stat || break;",
  "set -- ${stat##*) }; begun=${begun:-${20}}; [[ $1 != [ZX] && ${20} = $begun ]] || break;",
  "ran=; read -r ran stat </proc/$program/schedstat; ran=${ran#0};",
  "[[ $ran ]] || while read -r name stat; do [[ $name = *ctxt_switches: ]] && ran+=.$stat; done </proc/$program/status;",
  'if [[ $ran = "$last" && ($ran || $1 = T) ]]; then ((still += 1)); else still=0 last=$ran; fi;',
  "limit=$stuck; [[ $1 = T ]] && limit=$stopped; [[ $2 != $parent ]] && limit=$orphaned;",
  "((still < limit)) || break; done;",
].join(" ");

/** Several rounds, because a process that was found may have started another one meanwhile. Gives up after 20 of them. */
const KILL = [
  "for round in {1..20}; do found=0; for process in /proc/[0-9]*; do",
  `while IFS= read -rd "" each; do if [[ $each = ${MARK_VARIABLE}=*$mark* ]]; then kill -KILL \${process#/proc/} && found=1; break; fi; done <$process/environ;`,
  "done; ((found)) || break; read -rt 0.05; done",
].join(" ");

const GUARD = `${LOOK} ${KILL}`;
