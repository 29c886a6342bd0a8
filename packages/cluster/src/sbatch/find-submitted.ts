/**
 * Looking for a job by its name, when sbatch's answer was lost: Slurm's controller may have taken the job all the same, also
 * some time later, when it has worked off what came before.
 */
import { parseSlurmJobId, type SlurmJobId } from "@hyperion-ts/slurm-env";
import { askSlurm, SlurmCommandError } from "@hyperion-ts/slurm-env/commands";

/** A job that Slurm has. */
export interface FoundJob {
  readonly jobId: SlurmJobId;
  readonly cluster?: string | undefined;
}

/** What a look has shown. */
export type Look =
  /** In the order of their numbers: several where a job was submitted again, and Slurm had only been late. */
  | { readonly kind: "found"; readonly jobs: readonly [FoundJob, ...FoundJob[]] }
  | { readonly kind: "not-there" }
  | { readonly kind: "no-answer"; readonly words: string };

/** squeue waits for the controller for about 20 s, and a busy one takes long. */
const TIME_LIMIT_MS = 60_000;

/** Asks squeue for this person's jobs of that name; `clusters` where sbatch was told of any. Never rejects. */
export async function findSubmitted(name: string, clusters: string | undefined): Promise<Look> {
  const argv = [
    "squeue",
    "--me",
    "--states=all",
    `--name=${name}`,
    "--format=%A|%T|%r",
    ...(clusters === undefined ? [] : [`--clusters=${clusters}`]),
  ];
  const answer = await askSlurm(argv, { timeLimitMs: TIME_LIMIT_MS });
  if (answer.code !== 0) return { kind: "no-answer", words: new SlurmCommandError(argv, answer).message };
  const [first, ...others] = parseFoundJobs(answer.stdout).toSorted((a, b) => a.jobId - b.jobId);
  return first === undefined ? { kind: "not-there" } : { kind: "found", jobs: [first, ...others] };
}

/**
 * What squeue prints, with its head line: before that, with several clusters, the name of the cluster. A job that was
 * refused may have left a record that has failed with BadConstraints: that is not it.
 */
export function parseFoundJobs(text: string): readonly FoundJob[] {
  let cluster: string | undefined;
  return text.split("\n").flatMap((line): FoundJob[] => {
    cluster = /^CLUSTER: (\S+)/.exec(line)?.[1] ?? cluster;
    const [, id, state, reason] = /^(\d+)\|(\w+)\|(.*)$/.exec(line.trim()) ?? [];
    if (id === undefined || (state === "FAILED" && reason === "BadConstraints")) return [];
    return [{ jobId: parseSlurmJobId(Number(id)), cluster }];
  });
}
