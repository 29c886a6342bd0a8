/** A Slurm job explained: how it is, why, and until when. Pure. */
import type { SlurmJobReport } from "@hyperion-ts/control";
import { countText, durationText, hasEnded } from "@hyperion-ts/progress";
import { outputOf } from "./job-files.ts";

/** Its lines; fields that the log of an older run lacks are left out. */
export function explainedJob(job: SlurmJobReport): readonly string[] {
  const { call, name, input, jobId, sentence, directory } = job;
  return [
    `Slurm job ${jobId ?? "(not submitted yet)"}: ${name} ${input}`.trimEnd(),
    `  state   ${stateText(job)}`,
    ...(sentence === null ? [] : [`  why     ${sentence.replaceAll("\n", "\n          ")}`]),
    ...untilLines(job),
    ...callLines(job),
    `  call    ${call}`,
    ...((directory ?? null) === null ? [] : [`  output  ${outputOf(job)}`]),
    ...(hasEnded(job) ? [] : [`  end it  hyperion cancel ${jobId ?? call}`]),
  ];
}

/** `waiting for 12 s, in Slurm PENDING (Resources)`. */
function stateText(job: SlurmJobReport): string {
  const { state, slurmState, reason, nodes, forSeconds } = job;
  const end = job.end ?? null;
  const where = nodes.length === 0 ? "" : ` on ${nodes.join(", ")}`;
  const inSlurm = (slurmState ?? null) === null ? "" : `, in Slurm ${slurmState}`;
  if (hasEnded(job))
    return `${state}${end === null || end === state ? "" : ` (${end})`}, ${durationText(forSeconds)} ago${where}${inSlurm}`;
  return `${state}${where} for ${durationText(forSeconds)}${inSlurm}${reason === null ? "" : ` (${reason})`}`;
}

function untilLines(job: SlurmJobReport): readonly string[] {
  switch (job.state) {
    case "submitting":
      return ["  until   Slurm has taken it; no limit"];
    case "waiting":
    case "held":
      if (job.hold !== undefined) return [`  until   a person decides: hyperion holds ${job.hold}`];
      return [`  until   ${UNTIL[job.change ?? "by-itself"]}${startText(job)}`];
    case "running":
      return ["  until   its work is done, or its time limit is over"];
    case "done":
    case "failed":
    case "cancelled":
      return [];
    default:
      return job.state satisfies never;
  }
}

const UNTIL: Readonly<Record<NonNullable<SlurmJobReport["change"]>, string>> = {
  "by-itself": "Slurm starts it, by itself; no limit",
  maybe: "that has changed, which may be by itself; no limit",
  person: "a person does something: by itself it will not begin",
  unknown: "nobody knows: Slurm's reason is not known here",
};

const startText = ({ startsAt }: SlurmJobReport): string =>
  (startsAt ?? null) === null ? "" : `. Slurm expects it to begin by ${startsAt?.slice(0, 16).replace("T", " ")} UTC`;

function callLines({ calls }: SlurmJobReport): readonly string[] {
  if (calls === null) return [];
  const parts = [
    `${countText(calls.done)} done`,
    `${countText(calls.running)} running`,
    `${countText(calls.waiting)} waiting`,
    ...(calls.failed === 0 ? [] : [`${countText(calls.failed)} failed`]),
    ...(calls.remembered === 0 ? [] : [`${countText(calls.remembered)} remembered`]),
  ];
  return [`  calls   ${parts.join(", ")}`];
}
