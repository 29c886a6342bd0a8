/** The end of an agent in words. */
import { indent } from "@hyperion-ts/processes";
import { describeEnd, type SessionEnd } from "@hyperion-ts/transport";

/** How an agent's session ended, and what it printed last, unless the transport has told that already. */
export function howAgentEnded(end: SessionEnd, printed: string): string {
  const said = whyEnded(printed);
  if (end.type === "exited") return `${describeEnd("its agent", end)}${indent(said)}`;
  const message = whyEnded(end.failure.message) || "the connection was lost, or the agent killed, and nothing was said";
  return `${describeEnd("its agent", { ...end, failure: { ...end.failure, message } })}${message.includes(said) ? "" : indent(said)}`;
}

/** What an agent printed last, without what it logs of its daily work. */
const whyEnded = (printed: string): string =>
  printed.replaceAll(/^\d{4}-\S+Z (?:Running command|The spare worker|Compiled code) .*\n?/gm, "").trim();
