/** Submits one job, and prints what is told meanwhile and what came of it, each a line of JSON. */
import type { SubmissionRequest } from "../../../src/sbatch/sbatch-command.ts";
import type { SubmissionNotice } from "../../../src/sbatch/submission-notice.ts";
import { type SubmissionPauses, type SubmittedJob, submitJob } from "../../../src/sbatch/submit-job.ts";

/** Its one argument, as JSON. */
export interface SubmitOrder {
  readonly request: SubmissionRequest;
  readonly pauses?: SubmissionPauses;
  readonly timeLimitMs?: number;
}

/** What it prints. */
export type SubmitLine =
  | { readonly notice: SubmissionNotice }
  | { readonly submitted: SubmittedJob }
  | { readonly error: { readonly name: string; readonly message: string; readonly words?: string } };

const say = (line: SubmitLine): void => console.log(JSON.stringify(line));

const order: SubmitOrder = JSON.parse(process.argv[2] ?? "");
const unwanted = new AbortController();
process.once("SIGTERM", () => unwanted.abort(new Error("enough")));
try {
  const { request, ...options } = order;
  const onNotice = (notice: SubmissionNotice): void => say({ notice });
  say({ submitted: await submitJob(request, { ...options, signal: unwanted.signal, onNotice }) });
} catch (error) {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  say({
    error: { name, message, ...(error instanceof Error && "words" in error ? { words: String(error.words) } : {}) },
  });
}
