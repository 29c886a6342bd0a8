/** What Slurm says of a job beyond the environment: which CPUs and GPUs of each node are the job's, how much memory, and when it ends. Pure. */
import { parseJobRecordsOf } from "./job-record.ts";
import { type NodeDetails, sumNodeDetails } from "./node-details.ts";
import type { SlurmJobId } from "./slurm-job-id.ts";

/** What Slurm knows of a job; of a heterogeneous job all components. */
export interface JobDetails {
  /** Of the job itself: `RUNNING`, `COMPLETING`, ... (`jobPhase` says what it means); absent where Slurm does not show the job. */
  readonly state?: string | undefined;
  /** Why it is in this state, as Slurm calls it: `TimeLimit`, `None`, ...; absent where Slurm does not show the job. */
  readonly reason?: string | undefined;
  /** Each node once. */
  readonly nodes: readonly NodeDetails[];
  /** The job's SLUID, or those of all components: names that no other job ever has. Absent where Slurm gives none (before 25.11). */
  readonly sluids?: readonly string[] | undefined;
  /** When Slurm will end the job, in milliseconds since 1970; absent where it has no limit. */
  readonly endTimeMs?: number | undefined;
}

/**
 * Reads what `scontrol show job --details JOBID` prints (see parseJobRecords for how to ask it). Other jobs are passed over.
 *
 * @throws SlurmEnvError `malformed` or `too-many-names` when a list of nodes, CPUs or GPUs can't be right
 */
export function parseJobDetails(text: string, jobId: SlurmJobId): JobDetails {
  const records = parseJobRecordsOf(text, jobId);
  const own = records.find(({ id }) => id === jobId);
  const sluids = records.flatMap(({ sluid }) => sluid ?? []);
  const ends = records.flatMap(({ endTimeMs }) => endTimeMs ?? []);
  return {
    state: own?.state || undefined,
    reason: own?.reason || undefined,
    nodes: sumNodeDetails(records.flatMap(({ nodeDetails }) => nodeDetails)),
    sluids: sluids.length === 0 ? undefined : sluids,
    endTimeMs: ends.length === 0 ? undefined : Math.min(...ends),
  };
}
