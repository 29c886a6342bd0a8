/** Failures that wait for a person. See the README. */
// First, because own-files checks which Node this is.
export { HoldFiles } from "./hold-files.ts";
export { megabytesOf, memoryText, secondsOf, timeText } from "./hold-amounts.ts";
export { findHold, type HoldBook, isOpen } from "./hold-book.ts";
export {
  changesText,
  HOLD_CHANGE_NAMES,
  type HoldChangeName,
  type HoldChanges,
  readChanges,
  retryCommand,
  withChanges,
} from "./hold-changes.ts";
export { type HoldDesk, holdDesk } from "./hold-desk.ts";
export { HoldNotice } from "./hold-notice.ts";
export { HoldsError, type HoldsErrorCode } from "./holds-error.ts";
export { heldCall, holdLine, holdText } from "./hold-text.ts";
export type { HeldFailure, Hold, HoldPlace, HoldVerdict, Remedy } from "./hold.ts";
export { type Decision, RunHolds, type RunHoldsOptions } from "./run-holds.ts";
