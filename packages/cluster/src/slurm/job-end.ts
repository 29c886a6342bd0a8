/**
 * Asks how a job ended: the controller first, which remembers jobs for some minutes (MinJobAge); the accounting where that
 * does not know, or can tell more; and the job's output, for what Slurm's states leave open. Whoever does not answer is
 * passed over.
 */
import { randomUUID } from "node:crypto";
import { type JobRecord, jobPhase, parseJobRecord, SlurmEnvError, type SlurmJobId } from "@hyperion-ts/slurm-env";
import { askSlurm } from "@hyperion-ts/slurm-env/commands";
import { type AccountedJob, readSacctAnswer, sacctQuestion } from "./accounted-job.ts";
import type { JobEnd } from "./job-end-kinds.ts";
import { readOutputHints } from "./output-hints.ts";
import { readOutputTail } from "./output-tail.ts";
import { type EndEvidence, readJobEnd } from "./read-job-end.ts";

/** How to ask. */
export interface AskJobEndOptions {
  readonly signal?: AbortSignal | undefined;
  /** The file of the job's output as this machine sees it; only needed where Slurm may have forgotten the job. */
  readonly outputFile?: string | undefined;
  /** How long the accounting may take. Default 5,000. */
  readonly accountingLimitMs?: number;
  /** How Slurm's commands are run. Default `askSlurm`. */
  readonly ask?: typeof askSlurm;
}

/**
 * How the job of that id and name ended, or that it has not. A job of that id with another name is another one: ids wrap,
 * and start anew with a new controller. Slurm's silence is `unknown`, and no error.
 *
 * @throws the signal's reason
 */
export async function askJobEnd(jobId: SlurmJobId, name: string, options: AskJobEndOptions = {}): Promise<JobEnd> {
  const controller = await askController(jobId, name, options);
  const wanted = typeof controller === "string" || ACCOUNTING_KNOWS_MORE.has(controller.state);
  const accounted = wanted ? await askAccounting(jobId, name, options) : undefined;
  options.signal?.throwIfAborted();
  const outputFile = options.outputFile ?? (typeof controller === "string" ? undefined : controller.outputFile);
  const tail = outputFile === undefined || goesOn(controller) ? undefined : readOutputTail(outputFile);
  const output = tail === undefined ? undefined : readOutputHints(tail, jobId);
  return readJobEnd({ jobId, controller, accounted, output, outputFile });
}

/** Who cancelled it; which step needed more memory. */
const ACCOUNTING_KNOWS_MORE: ReadonlySet<string> = new Set(["CANCELLED", "FAILED"]);

const goesOn = (controller: EndEvidence["controller"]): boolean =>
  typeof controller !== "string" && jobPhase(controller.state).kind !== "ended";

async function askController(
  jobId: SlurmJobId,
  name: string,
  { signal, ask = askSlurm }: AskJobEndOptions,
): Promise<EndEvidence["controller"]> {
  const { code, stdout, stderr } = await ask(["scontrol", "show", "job", String(jobId)], { signal });
  signal?.throwIfAborted();
  if (code === 0) return recordOf(stdout, jobId, name);
  return /Invalid job id/i.test(stderr) ? "forgotten" : "no-answer";
}

function recordOf(printed: string, jobId: SlurmJobId, name: string): JobRecord | "forgotten" | "no-answer" {
  try {
    const record = parseJobRecord(printed, jobId);
    return record !== undefined && record.name === name.split("\n", 1)[0] ? record : "forgotten";
  } catch (error) {
    // What can't be read tells nothing.
    if (error instanceof SlurmEnvError) return "no-answer";
    throw error;
  }
}

async function askAccounting(
  jobId: SlurmJobId,
  name: string,
  { signal, accountingLimitMs = 5_000, ask = askSlurm }: AskJobEndOptions,
): Promise<AccountedJob | undefined> {
  const mark = randomUUID();
  const { code, stdout } = await ask(sacctQuestion(jobId, mark), { signal, timeLimitMs: accountingLimitMs });
  return code === 0 ? readSacctAnswer(stdout, { jobId, name, mark }) : undefined;
}
