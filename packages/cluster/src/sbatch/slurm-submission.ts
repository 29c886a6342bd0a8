/** The commands of a submission: sbatch, and scancel for a job that nobody wants any more. */
import { after } from "@hyperion-ts/bounds";
import { askSlurm, SlurmCommandError } from "@hyperion-ts/slurm-env/commands";
import { onCluster } from "../slurm/chosen-cluster.ts";
import type { FoundJob } from "./find-submitted.ts";
import { readSbatchAnswer, type SbatchAnswer } from "./sbatch-answer.ts";
import type { SbatchCommand } from "./sbatch-command.ts";
import { submissionEnvironment } from "./submission-environment.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** So long sbatch may go on when nobody wants the job any more: with its answer, the job need not be looked for. */
const LAST_ANSWER_MS = 5_000;

/** Runs sbatch, with what of `env` is meant for it. Never rejects: an abort is an answer that was lost. */
export async function askSbatch(
  { argv, script }: SbatchCommand,
  {
    env,
    timeLimitMs,
    signal,
  }: { readonly env: Environment; readonly timeLimitMs: number; readonly signal: AbortSignal },
): Promise<SbatchAnswer> {
  const unwanted = new AbortController();
  using stack = new DisposableStack();
  const aborted = (): void => void stack.use(after(LAST_ANSWER_MS, () => unwanted.abort()));
  signal.addEventListener("abort", aborted, { once: true });
  stack.defer(() => signal.removeEventListener("abort", aborted));
  const options = { timeLimitMs, signal: unwanted.signal, input: script, env: submissionEnvironment(env) };
  return readSbatchAnswer(await askSlurm(argv, options));
}

/** Ends a job. Gives what was in the way, if anything was. */
export async function cancelSubmitted({ jobId, cluster }: FoundJob): Promise<string | undefined> {
  const argv = onCluster(["scancel", String(jobId)], cluster);
  const answer = await askSlurm(argv);
  return answer.code === 0 ? undefined : new SlurmCommandError(argv, answer).message;
}
