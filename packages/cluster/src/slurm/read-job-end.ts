/**
 * How a job ended, judged from all that is known: the controller's record, the accounting, and the job's output. Slurm's
 * states leave much open (a script that was killed for its memory is FAILED, or CANCELLED, or OUT_OF_MEMORY), and one end
 * has other words in each release. No answer is never an end. Pure.
 */
import { type JobRecord, jobPhase, type SlurmJobId } from "@hyperion-ts/slurm-env";
import type { AccountedJob } from "./accounted-job.ts";
import { endWords } from "./end-words.ts";
import type { HowJobEnded, JobEnd } from "./job-end-kinds.ts";
import type { OutputHints } from "./output-hints.ts";

/** What is known of a job. */
export interface EndEvidence {
  readonly jobId: SlurmJobId;
  /** The controller's record; or that it knows no such job; or that it gave no answer. */
  readonly controller: JobRecord | "forgotten" | "no-answer";
  /** What the accounting has of it; undefined where there is none, or it was not asked. */
  readonly accounted?: AccountedJob | undefined;
  /** Undefined where its output can't be read. */
  readonly output?: OutputHints | undefined;
  /** Where its output is, if the record does not tell. */
  readonly outputFile?: string | undefined;
}

/** What became of the job. */
export function readJobEnd(evidence: EndEvidence): JobEnd {
  const { jobId, controller, accounted, output } = evidence;
  const record = typeof controller === "string" ? undefined : controller;
  const { how, toldBy } = judge(evidence);
  const known = {
    jobId,
    hasEnded: !NO_END.has(how.kind),
    toldBy,
    state: record?.state ?? accounted?.state,
    reason: record?.reason ?? accounted?.reason,
    nodes: record?.nodes ?? accounted?.nodes ?? [],
    restarts: record?.restarts,
    startTimeMs: record?.startTimeMs,
    endTimeMs: record?.endTimeMs,
    outputFile: evidence.outputFile ?? record?.outputFile,
    lastLines: output?.lastLines ?? [],
    noDirectory: output?.noDirectory,
  } as const;
  return { ...how, ...known, ...endWords(how, { ...known, userId: record?.userId }) };
}

const NO_END: ReadonlySet<HowJobEnded["kind"]> = new Set(["requeued", "goes-on", "unknown"]);

interface Judgement {
  readonly how: HowJobEnded;
  readonly toldBy: JobEnd["toldBy"];
}

function judge(evidence: EndEvidence): Judgement {
  const { controller, accounted, output } = evidence;
  if (typeof controller !== "string") return { how: fromRecord(controller, evidence), toldBy: "scontrol" };
  // The accounting may be late: of what goes on only the controller knows.
  if (accounted !== undefined && jobPhase(accounted.state).kind === "ended")
    return { how: fromState({ ...accounted, byUserId: accounted.cancelledBy }, evidence), toldBy: "sacct" };
  if (controller === "no-answer") return { how: { kind: "unknown" }, toldBy: "nobody" };
  const how = output === undefined ? undefined : fromOutput(output);
  return how === undefined ? { how: { kind: "forgotten" }, toldBy: "nobody" } : { how, toldBy: "output" };
}

function fromRecord(record: JobRecord, evidence: EndEvidence): HowJobEnded {
  const { state, restarts } = record;
  const { kind } = jobPhase(state);
  switch (kind) {
    case "pending":
    case "running":
    case "completing":
      return { kind: restarts > 0 ? "requeued" : "goes-on" };
    case "unknown":
      return { kind };
    case "ended":
      return fromState(
        { ...record, nodes: record.failedNodes ?? record.nodes, byUserId: evidence.accounted?.cancelledBy },
        evidence,
      );
    default:
      return kind satisfies never;
  }
}

/** What record and accounting have in common. */
interface EndedState extends Pick<AccountedJob, "state" | "reason" | "exitCode" | "exitSignal" | "nodes"> {
  readonly byUserId: number | undefined;
}

function fromState(ended: EndedState, { accounted, output }: EndEvidence): HowJobEnded {
  const { state, nodes, byUserId } = ended;
  switch (state) {
    case "COMPLETED":
      return { kind: "completed", exitCode: 0 };
    case "TIMEOUT":
      return { kind: "timed-out" };
    case "OUT_OF_MEMORY":
      return { kind: "out-of-memory" };
    case "NODE_FAIL":
      return { kind: "node-failed", failedNodes: nodes };
    case "PREEMPTED":
      return { kind: "preempted" };
    case "DEADLINE":
      return { kind: "deadline" };
    case "BOOT_FAIL":
      return { kind: "boot-failed" };
    case "REVOKED":
      return { kind: "revoked" };
    case "CANCELLED": {
      // A process that was killed for its memory before does not end a job.
      const told = output === undefined ? undefined : fromOutput({ ...output, outOfMemory: false });
      return told ?? { kind: "cancelled", while: nodes.length === 0 ? "pending" : "running", byUserId };
    }
    case "FAILED":
      return failed(ended, (accounted?.stepsOutOfMemory.length ?? 0) > 0 || output?.outOfMemory === true);
    default:
      return { kind: "unknown" };
  }
}

/** What the daemon on the node does when it can't open the file of the output: it ends with this in place of a signal. (ESLURMD_... in slurmstepd) */
const OUTPUT_FAILED = 53;
/** In place of a signal, where the cgroup has seen it. */
const MEMORY_SIGNAL = 125;

function failed({ reason, exitCode, exitSignal, nodes }: EndedState, outOfMemory: boolean): HowJobEnded {
  if (exitSignal === OUTPUT_FAILED) return { kind: "output-not-openable" };
  if (reason === "BadConstraints") return { kind: "not-placed" };
  if (reason === "TimeLimit") return { kind: "timed-out" };
  if (reason === "NodeDown") return { kind: "node-failed", failedNodes: nodes };
  if (outOfMemory || reason === "OutOfMemory" || exitSignal === MEMORY_SIGNAL) return { kind: "out-of-memory" };
  return { kind: "failed", exitCode, signal: exitSignal };
}

/** What is told by the output alone. */
function fromOutput({ endedFor, outOfMemory }: OutputHints): HowJobEnded | undefined {
  switch (endedFor) {
    case "time-limit":
      return { kind: "timed-out" };
    case "preemption":
      return { kind: "preempted" };
    case "node-failure":
      return { kind: "node-failed", failedNodes: [] };
    case "requeue":
    case undefined:
      return outOfMemory ? { kind: "out-of-memory" } : undefined;
    default:
      return endedFor satisfies never;
  }
}
