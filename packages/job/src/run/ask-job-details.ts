/** What the controller knows of this job. */
import { type Allocation, type JobDetails, parseJobDetails } from "@hyperion-ts/slurm-env";
import { type AskOptions, askSlurm } from "./ask-slurm.ts";

/** Rejects with scontrol's own words where it does not tell, with a SlurmEnvError where it is not understood, and with the reason of an abort. */
export async function askJobDetails(jobId: Allocation["jobId"], options: AskOptions): Promise<JobDetails> {
  const { code, stdout, stderr } = await askSlurm(["scontrol", "show", "job", "--details", String(jobId)], options);
  options.signal?.throwIfAborted();
  if (code !== 0) throw new Error(stderr.trim() || "it gave no answer in time");
  return parseJobDetails(stdout, jobId);
}
