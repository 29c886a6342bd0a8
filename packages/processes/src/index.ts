/** Processes of this machine: started, found, told apart, signalled and ended. See the README. */
// First, because it checks which Node this is.
import "@hyperion-ts/bounds/supported-node";
export { DIES_WITH_PARENT, isProgram, killedAtDeath, setprivWorks, type Surroundings } from "./death-signal.ts";
export { endProcesses, stillAlive, untilGone } from "./end-processes.ts";
export { excerpt } from "./excerpt.ts";
export { endGuard, type GuardNews, takeGuardNews } from "./guard-news.ts";
export { guardedCommand, type GuardedCommand, type Patience } from "./guarded-command.ts";
export { indent } from "./indent.ts";
export { type LiveProcess, liveProcess, liveProcessesBelow, liveProcessesWith } from "./live-process.ts";
export {
  type Command,
  CommandError,
  type LocalProcess,
  type ProcessExit,
  showArgv,
  type StartedProcess,
  startProcess,
} from "./local-process.ts";
export {
  allProcesses,
  descendants,
  hasEnded,
  isAlive,
  type ProcessEntry,
  type ProcessId,
  readIfThere,
  readProcess,
  sendSignal,
  signalEach,
  trySignal,
} from "./process-id.ts";
export {
  ownIdentity,
  pidNamespace,
  type ProcessIdentity,
  type ProcessState,
  processState,
} from "./process-identity.ts";
export { ownProgram } from "./own-program.ts";
export { endMarked, killMarked, markVariable, newMark } from "./process-marks.ts";
export { argumentsOf, environmentOf, ownerOf, pidsOfUser, pidsWith, statusNumber, statusOf } from "./process-status.ts";
export { findProcessTools, hasTaskset, type ProcessTools } from "./process-tools.ts";
export { type LocalCommand, runCommand } from "./run-command.ts";
export { loginShellCommand, scriptCommand, scriptWords, shellQuote } from "./shell-quote.ts";
export { Tail } from "./tail.ts";
