/**
 * What sbatch has answered, read from its exit status and what it printed: a job's number, or a refusal and what follows
 * from it. The exit status comes first: text on standard error is also what plugins and sites have to say. Pure.
 */
import { parseSlurmJobId, type SlurmJobId } from "@hyperion-ts/slurm-env";
import type { SlurmAnswer } from "@hyperion-ts/slurm-env/commands";
import { LIMIT_MESSAGE, type RefusalKind, REFUSALS, SUBMIT_LIMITS } from "./refusals.ts";

/** A job was submitted, or what is known of why not. */
export type SbatchAnswer =
  | {
      readonly kind: "submitted";
      readonly jobId: SlurmJobId;
      /** Where Slurm names one: commands that ask for the job need it (`-M`). */
      readonly cluster?: string | undefined;
      /** What else was printed, as by a site's own checks; empty where nothing was. */
      readonly said: string;
    }
  | {
      /** `unknown`: none of Slurm's messages that are known here. */
      readonly kind: RefusalKind | "unknown";
      /** Slurm's own. */
      readonly words: string;
      /** For the person: a sentence without its full stop. */
      readonly meaning: string;
      /** Slurm's name of the limit that was met, such as `AssocMaxSubmitJobLimit`. */
      readonly limit?: string | undefined;
    };

/** Why no job was submitted, or not certainly. */
export type SbatchRefusal = Exclude<SbatchAnswer, { readonly kind: "submitted" }>;

/** Reads what `sbatch --parsable` has answered. */
export function readSbatchAnswer({ code, failure, stdout, stderr }: SlurmAnswer): SbatchAnswer {
  const words = wordsOf(stderr) || wordsOf(stdout);
  switch (failure?.kind) {
    case undefined:
      break;
    case "not-run":
      return notRun(failure.message);
    case "timed-out":
      return unsure(
        words,
        `no answer of sbatch came in ${failure.timeLimitMs / 1_000} s, and it may have submitted the job`,
      );
    case "killed":
      return unsure(words, `the signal ${failure.signal} has ended sbatch, which may have submitted the job`);
    case "aborted":
    case "too-long":
      return unsure(
        words,
        "the answer of sbatch was not complete when it was ended, and it may have submitted the job",
      );
    default:
      return failure satisfies never;
  }
  const job = jobOf(stdout, stderr);
  if (code === 0 && job !== undefined) return { kind: "submitted", ...job };
  if (code === 0) return unsure(words, "no job was named by sbatch, though it says that all went well");
  // A site's program in sbatch's place may fail when sbatch has not.
  if (job !== undefined) return unsure(words, `job ${job.jobId} was named by sbatch, which has failed all the same`);
  return readRefusal(words, stderr);
}

/** Node.js's word for why a program could not be started. */
function notRun(message: string): SbatchRefusal {
  if (/\b(?:EAGAIN|ENOMEM|EMFILE|ENFILE)\b/.test(message))
    return { kind: "again", words: message, meaning: "this machine lets you start no further program for the moment" };
  if (message.includes("E2BIG"))
    return {
      kind: "final",
      words: message,
      meaning: "options and variables are longer than this machine lets a program have",
    };
  const meaning =
    "the PATH of this program has no sbatch: load the site's module of Slurm, or start the program on a login node";
  return { kind: "final", words: message, meaning };
}

const unsure = (words: string, meaning: string): SbatchRefusal => ({ kind: "unsure", words, meaning });

/** The last line that is `ID` or `ID;CLUSTER`, or what sbatch prints without `--parsable`, as where a site's program calls it. */
function jobOf(stdout: string, stderr: string): Omit<Extract<SbatchAnswer, { kind: "submitted" }>, "kind"> | undefined {
  const lines = stdout.split("\n");
  const at = lines.findLastIndex((line) => JOB_LINE.test(line));
  const { id, cluster, on } = JOB_LINE.exec(lines[at] ?? "")?.groups ?? {};
  if (id === undefined || Number(id) === 0) return undefined;
  const said = [...lines.filter((_, i) => i !== at), ...stderr.split("\n")].filter((line) => line.trim() !== "");
  return { jobId: parseSlurmJobId(Number(id)), cluster: cluster ?? on, said: said.join("\n") };
}

const JOB_LINE = /^\s*(?:Submitted batch job )?(?<id>\d{1,10})(?:;(?<cluster>[\w.-]+)| on cluster (?<on>[\w.-]+))?\s*$/;

const SUBMISSION_FAILED = /^Batch job submission failed: /;

/** Without `sbatch: error: ` before each line, and without what sbatch says before it tries again by itself. */
const linesOf = (text: string): readonly string[] =>
  text
    .split("\n")
    .map((line) => line.replace(/^(?:sbatch: )?(?:error: |fatal: )?/, "").trim())
    .filter((line) => line !== "" && (SUBMISSION_FAILED.test(line) || !/retrying/.test(line)));

/** Slurm's words in one line. */
const wordsOf = (text: string): string =>
  linesOf(text)
    .map((line) => line.replace(SUBMISSION_FAILED, ""))
    .join("; ");

function readRefusal(words: string, stderr: string): SbatchRefusal {
  const lines = linesOf(stderr);
  const last = lines.findLast((line) => SUBMISSION_FAILED.test(line));
  const others = lines.filter((line) => line !== last);
  const message = last?.replace(SUBMISSION_FAILED, "") ?? lines.join("\n");
  if (LIMIT_MESSAGE.test(message)) return readLimit(words, others);
  // Slurm has no word for what a site's own check refuses; the site has.
  if (/^Unspecified error$/.test(message) && others.length > 0)
    return { kind: "final", words, meaning: "the site's own rules refuse this job" };
  const refusal = REFUSALS.find(({ words }) => words.test(message));
  if (refusal !== undefined) return { kind: refusal.kind, words, meaning: refusal.meaning };
  return {
    kind: "unknown",
    words: words === "" ? "sbatch said nothing" : words,
    meaning: "this message is not known here",
  };
}

function readLimit(words: string, lines: readonly string[]): SbatchRefusal {
  const submitLimit = lines.find((line) => SUBMIT_LIMITS.test(line));
  if (submitLimit !== undefined)
    return {
      kind: "own-limit",
      words,
      limit: submitLimit,
      meaning: `as many jobs are submitted as ${submitLimit} allows: the next one can follow when one of them has ended`,
    };
  const limit = lines.find((line) => /^(?:Assoc|QOS|Max)\w+$/.test(line));
  const rule = limit === undefined ? "a limit of the account or QOS" : `the limit ${limit}`;
  return { kind: "final", words, limit, meaning: `${rule} is less than what the job asks for` };
}
