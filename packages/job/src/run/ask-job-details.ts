/** What the controller knows of this job. */
import { type Allocation, type JobDetails, parseJobDetails } from "@hyperion-ts/slurm-env";
import { type AskOptions, slurmOutput } from "@hyperion-ts/slurm-env/commands";

/**
 * Rejects with a SlurmCommandError where scontrol does not tell, with a SlurmEnvError where it is not understood, with the
 * reason of an abort, and where the job has no node of ours: the controller that answers on a submitting host may be
 * another cluster's (`salloc --clusters`), which counts its own jobs.
 */
export async function askJobDetails({ jobId, nodes }: Allocation, options: AskOptions): Promise<JobDetails> {
  const details = parseJobDetails(
    await slurmOutput(["scontrol", "show", "job", "--details", String(jobId)], options),
    jobId,
  );
  const shown = details.nodes.map(({ name }) => name);
  if (shown.length > 0 && !nodes.some(({ name }) => shown.includes(name)))
    throw new Error(`its job ${jobId} has other nodes (${shown.slice(0, 3).join(", ")}): it is another cluster's`);
  return details;
}
