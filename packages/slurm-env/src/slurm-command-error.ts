/** The one error of a Slurm command that gave no answer: what was run, what it said, and what a person can do. */
import type { SlurmAnswer } from "./slurm-answer.ts";

/** One of Slurm's commands did not end with code 0. */
export class SlurmCommandError extends Error {
  override readonly name = "SlurmCommandError";
  /** The one code that this class has. */
  readonly code = "slurm-command-failed";
  /** What was run. */
  readonly argv: readonly string[];
  /** How it ended, and what it printed. */
  readonly answer: SlurmAnswer;

  /** The message is made of both. */
  constructor(argv: readonly string[], answer: SlurmAnswer) {
    const advice = adviceOn(answer);
    super(`\`${argv.join(" ")}\` ${howItEnded(answer)}${advice === undefined ? "" : `\n${advice}`}`);
    this.argv = argv;
    this.answer = answer;
  }
}

/** One line. */
function howItEnded({ code, failure, stdout, stderr }: SlurmAnswer): string {
  switch (failure?.kind) {
    case "not-run":
      return `could not be run: ${failure.message}`;
    case "timed-out":
      return `gave no answer in ${failure.timeLimitMs / 1_000} s`;
    case "too-long":
      return "printed more than 256 MB, and was ended";
    case "killed":
      return `was ended by ${failure.signal}`;
    case "aborted":
      return "was ended, because nobody waits for its answer any more";
    case undefined:
      return `ended with code ${code}: ${firstLine(stderr) || firstLine(stdout) || "it said nothing"}`;
    default:
      return failure satisfies never;
  }
}

const firstLine = (text: string): string => text.trim().split("\n", 1)[0] ?? "";

/** What a person can do; undefined where Slurm's own words are all there is to say. */
function adviceOn({ failure, stderr }: SlurmAnswer): string | undefined {
  if (failure?.kind === "not-run")
    return "Slurm's commands have to be on the PATH of this program: load the site's module of Slurm, or start the program where they are (`type scontrol` shows it).";
  if (
    failure?.kind === "timed-out" ||
    /Unable to contact slurm controller|Socket timed out|Connection refused/i.test(stderr)
  )
    return "The controller (slurmctld) may be busy, restarted or away: `scontrol ping` tells. Jobs that run go on meanwhile.";
  if (/Invalid job id/i.test(stderr))
    return "Slurm forgets a job some minutes after its end (MinJobAge in `scontrol show config`), and another cluster's controller does not know it.";
  return undefined;
}
