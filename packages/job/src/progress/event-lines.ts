/** The lines that stay: what a person should know of each event, whether or not there is a live block. Pure. */
import type { RunEvent } from "../events/run-event.ts";
import { endLines } from "./end-lines.ts";
import { countText, durationText, plural } from "./human-numbers.ts";
import { isShutdown, MAX_SHOWN, type RunState, timesSeen } from "./run-state.ts";
import type { Line, TextStyle } from "./styled-line.ts";

/** More lines than this of a message (a stack, the last lines of a log) help nobody on a screen; the event log has all. */
const MAX_LINES = 40;

/** `state` is the state before and with the event: what the shutdown brings is judged by the former, repetition by the latter. */
export function eventLines(state: { readonly before: RunState; readonly after: RunState }, event: RunEvent, live: boolean): readonly Line[] {
  if (isShutdown(state.before, event)) return [];
  const seen = timesSeen(state.after, event);
  if (seen > MAX_SHOWN + 1) return [];
  const lines = linesOf(state.after, event, live);
  return seen <= MAX_SHOWN || lines.length === 0 ? lines : [[{ text: `  … more of these are in ${state.after.logDir}/events.jsonl`, style: "dim" }]];
}

function linesOf(state: RunState, event: RunEvent, live: boolean): readonly Line[] {
  switch (event.type) {
    case "run-started":
      return [[{ text: event.programId, style: "bold" }, { text: `  results in ${event.database}, logs in ${event.logDir}` }]];
    case "node-ready":
      return [...(live ? [] : paragraph("", `${event.node}: ${plural(event.cpus, "CPU")}`)), ...(event.note === null ? [] : paragraph("⚠ ", `${event.node}: ${event.note}`, "yellow"))];
    case "node-left-out":
      return paragraph("✗ ", `${event.node} is left out: ${event.reason}`, "red");
    case "node-lost":
      return paragraph("✗ ", `${event.node} is lost: ${event.reason}`, "red");
    case "node-limited":
      return paragraph("⚠ ", `${event.node}: ${plural(event.workers, "worker")} at a time and no more: ${event.reason}`, "yellow");
    case "worker-not-started":
      return paragraph("⚠ ", `${event.node}: ${event.reason}`, "yellow");
    case "call-failed":
      return paragraph("✗ ", event.message, "red");
    case "call-over-memory":
      return paragraph("⚠ ", `${event.functionName} on ${event.node} holds ${countText(event.usedMb)} MB of memory, more than the ${countText(event.memoryMb)} MB of setTaskMemory${event.ends ? ", and is ended" : ""}`, "yellow");
    case "call-retried":
      return paragraph("⚠ ", `${event.functionName} runs again after attempt ${event.attempt} on ${event.node}: ${event.why.split("\n", 1)[0]}`, "yellow");
    case "log":
      return paragraph("", event.message);
    case "run-interrupted":
      return paragraph("", `Interrupted by ${event.signal}: ${event.graceMs > 0 ? `no call begins any more; waiting up to ${durationText(event.graceMs / 1_000)} for` : "ending"} ${runningText(state)} ...`, "yellow");
    case "run-ended":
      return endLines(state, event);
    case "counts":
    case "nodes-connecting":
    case "worker-started":
    case "worker-ended":
    case "call-ended":
      return [];
    default:
      return event satisfies never;
  }
}

/** A text of several lines; the first one has the mark, the others are indented at least as far as its text. */
function paragraph(mark: string, text: string, style?: TextStyle): readonly Line[] {
  const [first = "", ...rest] = text.trimEnd().split(/\r?\n/);
  const indent = " ".repeat(mark.length);
  const shown = rest.length <= MAX_LINES ? rest : [...rest.slice(0, MAX_LINES), `… ${plural(rest.length - MAX_LINES, "more line")}`];
  return [[style === undefined ? { text: mark + first } : { text: mark + first, style }], ...shown.map((line) => [{ text: line.startsWith(indent) ? line : indent + line }])];
}

function runningText({ functions }: RunState): string {
  const running = functions.reduce((sum, { counts }) => sum + counts.running, 0);
  return running === 0 ? "the run" : plural(running, "running call");
}
