/**
 * The control interface of a run, from the side of who asks: finding runs, asking them, and reading what those have left that
 * have ended. See the README; what is asked and answered is in told/control-answers.ts.
 */
// First, because it checks which Node this is.
import "@hyperion-ts/bounds/supported-node";
export { eventLog, type FoundRun, programDirectory, runsHere, runsIn } from "./asked/found-run.ts";
export { type Answer, askRunIn, type Question } from "./asked/ask-socket.ts";
export { lookAtJob } from "./asked/look-at-job.ts";
export { lookAtRun } from "./asked/look-at-run.ts";
export type { RunView } from "./asked/run-view.ts";
export { ControlError, type ControlErrorCode } from "./control-error.ts";
export type { Hold, HoldChanges } from "@hyperion-ts/holds";
export { isListening } from "./place/knock.ts";
export type { ControlFile } from "./place/control-file.ts";
export type {
  CallList,
  CallReport,
  CallStage,
  ControlFailure,
  FailureReport,
  FunctionReport,
  MapReport,
  NodeReport,
  ResultsReport,
  RunIdentity,
  RunReport,
  SlurmJobReport,
  StopAnswer,
  WaitReport,
  WorkerReport,
} from "./told/control-answers.ts";
export type { EndedCall, NodeUsage, UsageReport, WorkerUsage } from "./told/cost-answers.ts";
export { commandText } from "./told/command-text.ts";
export type { TextOptions } from "./told/status-text.ts";
