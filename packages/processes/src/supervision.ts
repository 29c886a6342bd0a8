/** Processes that are started, marked, looked at and ended: what an agent needs of this package, which is half of it. */
export { DIES_WITH_PARENT } from "./death-signal.ts";
export { endGuard, takeGuardNews } from "./guard-news.ts";
export { type Command, type LocalProcess, showArgv, startProcess } from "./local-process.ts";
export { allProcesses, type ProcessEntry, readIfThere, readProcess } from "./process-id.ts";
export { endMarked, killMarked, markVariable, newMark } from "./process-marks.ts";
export { ownerOf, pidsOfUser, statusNumber, statusOf } from "./process-status.ts";
export { findProcessTools, type ProcessTools } from "./process-tools.ts";
