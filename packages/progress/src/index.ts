/**
 * What happens in a run, for whoever shows it: its events, their log, its state and the texts as pure functions, and the
 * terminal as one reader of them. See the README.
 */
// First, because it checks which Node this is.
import "@hyperion-ts/bounds";
export type { CallFailureKind } from "./events/call-failure-kind.ts";
export { type CallWaitReason, describeCallWait } from "./events/call-wait.ts";
export { type EventLogOptions, logEvents } from "./events/event-log.ts";
export { parseEventLog } from "./events/parse-event-log.ts";
export type { FunctionCounts, RunEvent, SlurmNoticeKind, StampedEvent } from "./events/run-event.ts";
export { RunEvents, type RunEventListener } from "./events/run-events.ts";
export { hasEnded, type SlurmJobCalls, type SlurmJobNews, type SlurmJobState } from "./events/slurm-job.ts";
export { callRate, type CallSample, meanCallRate } from "./state/call-rate.ts";
export type { FunctionProgress } from "./state/function-progress.ts";
export { nextRunState, NO_RUN, type RunPhase, type RunState } from "./state/run-state.ts";
export type { SlurmJobProgress } from "./state/slurm-jobs.ts";
export type { OutputStream } from "./terminal/output-stream.ts";
export { type ProgressOptions, showProgress } from "./terminal/show-progress.ts";
export { countsLine } from "./texts/counts-line.ts";
export { eventLines } from "./texts/event-lines.ts";
export { clockText, countText, durationText, plural, rateText, timeLeftText } from "./texts/human-numbers.ts";
export { type BlockSize, liveLines } from "./texts/live-lines.ts";
export {
  type StyledLine,
  lineWidth,
  paintLine,
  type PaintOptions,
  type Span,
  type TextStyle,
} from "./texts/styled-line.ts";
export { printable, textWidth, truncateText } from "./texts/text-width.ts";
