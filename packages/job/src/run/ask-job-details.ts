/** What the controller knows of this job. */
import { type Allocation, type JobDetails, parseJobDetails } from "@hyperion-ts/slurm-env";
import { type AskOptions, slurmOutput } from "@hyperion-ts/slurm-env/commands";

/**
 * What `scontrol show job` tells. The controller that answers on a submitting host may be another cluster's
 * (`salloc --clusters`), which counts its own jobs: then the job has no node of ours.
 *
 * @throws SlurmCommandError when scontrol does not tell; SlurmEnvError when it is not understood; Error when the job has
 *   no node of ours; the reason of an abort. All as rejections.
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
