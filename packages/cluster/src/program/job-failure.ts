/** How a job failed, for its caller: the kind of it, and words for a person. */
import { existsSync } from "node:fs";
import type { LeftCalls } from "@hyperion-ts/job";
import { failureText } from "@hyperion-ts/job/program";
import { type ErrorData, errorFromData } from "@hyperion-ts/wire";
import type { JobDirectory } from "../directory/job-directory.ts";
import type { LastWord } from "../directory/outcome.ts";
import { JobError, type JobFailure } from "../job-error.ts";
import type { JobEnd } from "../slurm/job-end-kinds.ts";
import type { JobChange } from "./job-reports.ts";
import type { EndedJob, Settled } from "./settled.ts";

/** Ends that say nothing about the job itself. */
const NOBODYS_FAULT: ReadonlySet<JobEnd["kind"]> = new Set(["node-failed", "preempted", "boot-failed", "forgotten"]);

/** Of what a job printed last so many lines are in its error. */
const SHOWN_LINES = 10;

/** Whether another submission of the same may end better. One whose time was up has had all that it was given. */
export const isNobodysFault = (settled: Settled): settled is EndedJob =>
  settled.kind === "ended" &&
  settled.interruption?.timeIsUp !== true &&
  (NOBODYS_FAULT.has(settled.end.kind) || (settled.end.kind === "failed" && settled.end.signal > 0));

/** Whether it had ended before this run of the program joined it: whoever has started the program again wants another one. */
export const isOfThePast = (settled: Settled): settled is EndedJob => settled.kind === "ended" && !settled.wasThere;

/** Any end but a value. */
export type Failed = Exclude<Settled, { readonly kind: "value" }>;

/** The error of a job that has failed. */
export function jobError(
  failed: Failed,
  directory: JobDirectory,
  { number, jobId }: { readonly number: number; readonly jobId: number },
): JobError {
  const { path, job, database } = directory;
  const site = { name: job.name, jobId, submissions: number, directory: path };
  const kept = existsSync(database)
    ? "\n  kept    what it has computed: the next job of this call goes on from there"
    : "";
  const thrown = failed.kind === "error" ? failed.error : failed.interruption?.error;
  return new JobError(
    failureOf(failed),
    site,
    `${failureWords(failed)}\n  output  ${directory.output}${kept}`,
    thrown === undefined ? {} : { cause: errorFromData(thrown) },
  );
}

/** What happened, in words. */
export const failureWords = (failed: Failed): string =>
  failed.kind === "error" ? errorWords(failed) : endedWords(failed);

function failureOf(failed: Failed): JobFailure {
  if (failed.kind === "error") return { kind: "threw" };
  const { end, interruption } = failed;
  return interruption?.timeIsUp === true
    ? { kind: "time-is-up", signal: interruption.signal, end }
    : { kind: "ended", end };
}

/** What was thrown, and where in the program's own code. */
function errorWords({ error }: Extract<LastWord, { readonly kind: "error" }>): string {
  const thrown = errorFromData(error);
  const name = thrown instanceof Error && "code" in thrown ? `${thrown.name}: ` : "";
  const words = `${name}${failureText(thrown)}`;
  const isPlaced = /^\s+at \S/m.test(words) || !(thrown instanceof Error) || thrown.cause === undefined;
  return isPlaced ? words : `${words}\n${failureText(thrown.cause)}`;
}

function endedWords({ end, interruption }: EndedJob): string {
  if (interruption?.timeIsUp === true)
    return [
      `Slurm job ${end.jobId} has come to the end of its time, and has ended in order${callsWords(interruption.error)}.`,
      "Run the program again: the next job goes on from there. With more time (setJobTime) one job may do it all.",
    ].join("\n  ");
  const nothing = end.kind === "completed" ? " But it has left no value: its script has not run the program." : "";
  const sentence = `${end.sentence}${nothing}`;
  // Of an interruption the output says only how it went.
  if (interruption !== undefined)
    return [`${sentence.replace(/\.$/, "")}${callsWords(interruption.error)}.`, ...helpOf(end)].join("\n  ");
  const output = end.lastLines.slice(-SHOWN_LINES).map((line) => `| ${line}`);
  return [sentence, ...helpOf(end), ...output].join("\n  ");
}

const helpOf = ({ help }: JobEnd): readonly string[] => (help === undefined ? [] : [help]);

/** As the InterruptedError of its head has counted them. */
function callsWords(error: ErrorData): string {
  const calls = error.kind === "error" ? (error.fields["calls"] as LeftCalls | undefined) : undefined;
  return calls === undefined ? "" : `: ${calls.done} calls were done, ${calls.running + calls.waiting} were left`;
}

/** How a job ended, by one word of ours and one of Slurm's. */
export const endOf = ({ failure }: JobError): JobChange =>
  failure.kind === "ended" ? { end: failure.end.kind, slurmState: failure.end.state ?? null } : { end: failure.kind };
