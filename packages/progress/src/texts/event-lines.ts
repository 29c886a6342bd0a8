/** The lines that stay: what a person should know of each event, whether or not there is a live block. Pure. */
import { basename } from "node:path";
import type { RunEvent } from "../events/run-event.ts";
import { endLines } from "./end-lines.ts";
import { countText, durationText, plural } from "./human-numbers.ts";
import { paragraph } from "./paragraph.ts";
import { isWithoutNode } from "../state/calls-without-node.ts";
import { isShutdown, MAX_SHOWN, type RunState, timesSeen } from "../state/run-state.ts";
import { answersText, slurmJobEventLines } from "./slurm-job-event.ts";
import type { StyledLine } from "./styled-line.ts";

/** `state` is the state before and with the event: what the shutdown brings is judged by the former, repetition by the latter. */
export function eventLines(state: Change, event: RunEvent, live: boolean): readonly StyledLine[] {
  if (isShutdown(state.before, event)) return [];
  return [...withoutNodeLines(state), ...ownLines(state, event, live)];
}

interface Change {
  readonly before: RunState;
  readonly after: RunState;
}

/** All calls that no node was left for at once, when the counts say that there are no more. Why nodes were lost was said then. */
function withoutNodeLines({ before, after }: Change): readonly StyledLine[] {
  const { calls, areTold } = after.withoutNode;
  if (!areTold || before.withoutNode.areTold) return [];
  const all = [...calls.values()].reduce((sum, each) => sum + each, 0);
  return paragraph(
    "✗ ",
    `no node is left to run ${plural(all, "call")} of ${[...calls.keys()].join(", ")}. What was stored is kept: run the program again`,
    "red",
  );
}

function ownLines(state: Change, event: RunEvent, live: boolean): readonly StyledLine[] {
  const seen = timesSeen(state.after, event);
  if (seen > MAX_SHOWN + 1) return [];
  const lines = event.type === "slurm-job" ? jobLines(state, event, live) : linesOf(state.after, event, live);
  return seen <= MAX_SHOWN || lines.length === 0
    ? lines
    : [[{ text: `  … more of these are in ${state.after.logDir}/events.jsonl`, style: "dim" }]];
}

type SlurmJobEvent = Extract<RunEvent, { type: "slurm-job" }>;

function jobLines({ before, after }: Change, { call }: SlurmJobEvent, live: boolean): readonly StyledLine[] {
  const job = after.slurmJobs.get(call);
  return job === undefined ? [] : slurmJobEventLines(before.slurmJobs.get(call), job, live);
}

function linesOf(state: RunState, event: Exclude<RunEvent, SlurmJobEvent>, live: boolean): readonly StyledLine[] {
  switch (event.type) {
    case "run-started":
      return [
        [{ text: event.programId, style: "bold" }, { text: `  results in ${event.database}, logs in ${event.logDir}` }],
      ];
    case "node-ready":
      return [
        ...(live ? [] : paragraph("", `${event.node}: ${plural(event.cpus, "CPU")}`)),
        ...(event.note === null ? [] : paragraph("⚠ ", `${event.node}: ${event.note}`, "yellow")),
      ];
    case "node-left-out":
      return paragraph("✗ ", `${event.node} is left out: ${event.reason}`, "red");
    case "node-lost":
      return paragraph("✗ ", `${event.node} is lost: ${event.reason}`, "red");
    case "node-limited":
      return paragraph(
        "⚠ ",
        `${event.node}: ${plural(event.workers, "worker")} at a time and no more: ${event.reason}`,
        "yellow",
      );
    case "worker-not-started":
      return paragraph("⚠ ", `${event.node}: ${event.reason}`, "yellow");
    case "call-failed":
      return isWithoutNode(event) ? [] : paragraph("✗ ", event.message, "red");
    case "call-held":
      return paragraph("⚠ ", `${event.functionName} is held: ${event.sentence}`, "yellow");
    case "call-released":
      return event.retried ? paragraph("", `${event.functionName}, held as ${event.hold}, is made again`) : [];
    case "call-over-memory":
      return paragraph(
        "⚠ ",
        `${event.functionName} on ${event.node} holds ${countText(event.usedMb)} MB of memory, more than the ${countText(event.memoryMb)} MB of setTaskMemory${event.ends ? ", and is ended" : ""}`,
        "yellow",
      );
    case "call-retried":
      return paragraph(
        "⚠ ",
        `${event.functionName} runs again after attempt ${event.attempt} on ${event.node}: ${event.why.split("\n", 1)[0]}`,
        "yellow",
      );
    case "other-code":
      return paragraph("⚠ ", otherCodeText(event), "yellow");
    case "old-code":
      return paragraph("⚠ ", oldCodeText(event), "yellow");
    case "slurm-notice":
      return paragraph("⚠ ", event.message, "yellow");
    case "slurm-silent":
      return paragraph(
        "⚠ ",
        `Slurm gives no answer; what is known of the jobs grows old, and nothing has ended for that. ${event.message}`,
        "yellow",
      );
    case "slurm-answers":
      return paragraph("", answersText(event.afterMs));
    case "question":
      return event.text === null || live ? [] : paragraph("? ", event.text, "yellow");
    case "log":
      return paragraph("", event.message);
    case "run-interrupted":
      return paragraph("", `Interrupted by ${event.signal}: ${endingText(state, event.graceMs)} ...`, "yellow");
    case "run-ended":
      return endLines(state, event);
    case "worker-ended":
      return event.blame === undefined
        ? []
        : paragraph("⚠ ", `A worker on ${event.node} has ended, and is replaced: ${event.blame}`, "yellow");
    case "counts":
    case "nodes-connecting":
    case "worker-started":
    case "call-ended":
      return [];
    default:
      return event satisfies never;
  }
}

function otherCodeText({
  map,
  results,
  functions,
  programId,
  startedAt,
}: Extract<RunEvent, { type: "other-code" }>): string {
  const since = startedAt === null ? "" : ` of ${minuteText(new Date(startedAt))}`;
  return (
    `${plural(results, "result")} of map "${map}" ${results === 1 ? "is" : "are"} from other code of ${functions.join(", ")} than today's (last: program ${programId}${since}).\n` +
    'memoizeWithMap(..., { code: "same" }) computes such results again'
  );
}

/** The file that was changed last stands for all. */
function oldCodeText({ files, workers }: Extract<RunEvent, { type: "old-code" }>): string {
  const [last, ...others] = files.toSorted((a, b) => (b.changedAt ?? "").localeCompare(a.changedAt ?? ""));
  if (last === undefined) return "";
  const what = last.changedAt === null ? "removed" : `changed at ${minuteText(new Date(last.changedAt))}`;
  const more = others.length === 0 ? "" : ` (and ${plural(others.length, "more file")})`;
  return `${basename(last.path)} was ${what}${more}. This run goes on with the code that it began with, in ${plural(workers, "new worker")} by now; run the program again to use the change`;
}

/** To the minute, in this machine's time zone. */
function minuteText(date: Date): string {
  const [year, ...rest] = [date.getFullYear(), date.getMonth() + 1, date.getDate(), date.getHours(), date.getMinutes()];
  const [month, day, hour, minute] = rest.map((part) => String(part).padStart(2, "0"));
  return `${year}-${month}-${day} ${hour}:${minute}`;
}

function endingText(state: RunState, graceMs: number): string {
  if (state.slurmJobs.size > 0) return "ending";
  const until = graceMs > 0 ? `no call begins any more; waiting up to ${durationText(graceMs / 1_000)} for` : "ending";
  return `${until} ${runningText(state)}`;
}

function runningText({ functions }: RunState): string {
  const running = functions.reduce((sum, { counts }) => sum + counts.running + counts.loading, 0);
  return running === 0 ? "the run" : plural(running, "running call");
}
