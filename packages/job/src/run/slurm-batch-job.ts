/**
 * This program's Slurm job, as the lock of a results database names it, and whether another one has ended. A job's id
 * means nothing without its cluster: another cluster that shares the directory counts its own jobs. And Slurm may hide a
 * stranger's job (PrivateData): that it does not know one proves something of this user's own jobs only.
 */
import type { BatchJob } from "@hyperion-ts/results";
import { type Allocation, jobPhase, parseJobRecord, parseSlurmJobId, slurmSetting } from "@hyperion-ts/slurm-env";
import { askSlurm, type SlurmAnswer } from "@hyperion-ts/slurm-env/commands";

/** A start of a job: Slurm runs a job again, under its old id, when a node failed under it. */
export interface JobStart {
  /** Slurm's number of the job. */
  readonly jobId: number;
  /** How often Slurm had run it before. */
  readonly restarts: number;
  /** The number of its user. */
  readonly userId: number;
  /** The name of its cluster (ClusterName of slurm.conf(5)). */
  readonly cluster: string;
}

/** The job of this allocation. Asks the controller for the name of its cluster where the environment does not tell. */
export async function slurmBatchJob(
  { jobId, restarts = 0, clusterName }: Allocation,
  userId = process.getuid?.() ?? 0,
): Promise<BatchJob> {
  const cluster = clusterName ?? (await askedCluster()) ?? "?";
  return {
    name: nameOf({ jobId, restarts, userId, cluster }),
    hasEnded: (name) => slurmBatchJobHasEnded(name, userId),
  };
}

const nameOf = ({ jobId, restarts, userId, cluster }: JobStart): string =>
  `Slurm job ${jobId} (start ${restarts}, user ${userId}) of cluster ${cluster}`;

/** Undefined for other texts; the locks of earlier versions named no cluster, so nobody can say which job they mean. */
export function parseJobStart(name: string): JobStart | undefined {
  const [, jobId, restarts, userId, cluster] =
    /^Slurm job (\d+) \(start (\d+), user (\d+)\) of cluster ([^?].*)$/.exec(name) ?? [];
  return cluster === undefined
    ? undefined
    : { jobId: Number(jobId), restarts: Number(restarts), userId: Number(userId), cluster };
}

/**
 * Whether the start of a job that `slurmBatchJob` gave this name has certainly ended, with all its processes. Asks the
 * controller that answers here, and believes it only if its cluster is the job's.
 */
export async function slurmBatchJobHasEnded(name: string, ownUserId = process.getuid?.() ?? 0): Promise<boolean> {
  const start = parseJobStart(name);
  if (start === undefined || (await askedCluster()) !== start.cluster) return false;
  return startHasEnded(await askSlurm(["scontrol", "--all", "show", "job", String(start.jobId)]), start, ownUserId);
}

/** Reads scontrol's answer. A job that is completing may still have processes. */
export function startHasEnded(
  { code, stdout, stderr }: SlurmAnswer,
  { jobId, restarts, userId }: JobStart,
  ownUserId: number,
): boolean {
  // Slurm forgets jobs some minutes after their end (MinJobAge of slurm.conf); those of others it may just not show.
  if (code !== 0) return userId === ownUserId && /Invalid job id specified/.test(stderr);
  const record = parseJobRecord(stdout, parseSlurmJobId(jobId));
  if (record?.userId !== userId) return false;
  const { kind } = jobPhase(record.state);
  return kind === "ended" || (record.restarts > restarts && (kind === "pending" || kind === "running"));
}

const askedCluster = async (): Promise<string | undefined> =>
  slurmSetting((await askSlurm(["scontrol", "show", "config"])).stdout, "ClusterName");
