/**
 * What a job's output says of its end: the lines that slurmstepd writes there, and the last ones of the job itself. A line
 * of slurmstepd counts only in its own form and with this job's id, as a program may print the same words. Pure.
 * (Slurm's src/slurmd/slurmstepd, 20.11 to 26.05: `slurmstepd-n2: error: *** JOB 16 ON n2 CANCELLED AT 2026-11-28T19:01:49
 * DUE TO TIME LIMIT ***`; since 24.11 with the time, `[2026-11-28T19:01:49.633] error: `, in place of the first words.)
 */
import type { SlurmJobId } from "@hyperion-ts/slurm-env";

/** What slurmstepd wrote, and what the job printed last. */
export interface OutputHints {
  /** Why its processes were ended, as far as that is written. */
  readonly endedFor: "time-limit" | "preemption" | "node-failure" | "requeue" | undefined;
  /** Whether the kernel has killed a process of the job for its memory. */
  readonly outOfMemory: boolean;
  /** A working directory that the node could not enter: the job has run in /tmp. */
  readonly noDirectory: string | undefined;
  /** The last lines, slurmstepd's among them, without empty ones. */
  readonly lastLines: readonly string[];
}

/** How many of the last lines a person is shown. */
const MOST_LINES = 12;

/** No line is shown longer than this, in characters. */
const LONGEST_LINE = 400;

/** What the end of an output says of the end of the job `jobId`. */
export function readOutputHints(tail: string, jobId: SlurmJobId): OutputHints {
  const lines = tail.split(/\r?\n|\r/).filter((line) => line.trim() !== "");
  const said = lines.filter((line) => DAEMON.test(line));
  const ends = said.filter((line) => ENDED.exec(line)?.[1] === String(jobId));
  return {
    endedFor: endedFor(ends.at(-1) ?? ""),
    outOfMemory: said.some((line) => OUT_OF_MEMORY.exec(line)?.[1] === String(jobId)),
    noDirectory: said.map((line) => NO_DIRECTORY.exec(line)?.[1]).find((path) => path !== undefined),
    lastLines: lines
      .slice(-MOST_LINES)
      .map((line) => (line.length > LONGEST_LINE ? `${line.slice(0, LONGEST_LINE)}...` : line)),
  };
}

const DAEMON = /^(?:slurmstepd[^: ]*:|\[\d{4}-\d\d-\d\dT[\d:.]+\]) error: /;
const ENDED = /\*\*\* (?:JOB|STEP) (\d+)\S* ON \S+ (?:CANCELLED|FAILED|SUSPENDED) AT .*\*\*\*/;
const OUT_OF_MEMORY = /Detected \d+ oom[-_ ]?kill event(?:\(?s\)?)? in (?:StepId=|step )(\d+)/i;
const NO_DIRECTORY = /couldn't chdir to `(.*?)'?: .*going to \/tmp instead/;

function endedFor(line: string): OutputHints["endedFor"] {
  if (line.includes("DUE TO TIME LIMIT")) return "time-limit";
  if (line.includes("DUE TO PREEMPTION")) return "preemption";
  if (line.includes("DUE TO NODE FAILURE")) return "node-failure";
  return line.includes("DUE TO JOB REQUEUE") ? "requeue" : undefined;
}
