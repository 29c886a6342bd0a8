/**
 * A slow controller: slurmctld waits before it takes a batch job, in a job_submit plugin, as sites have them. It is
 * slurmctld that waits, and it takes one submission after the other; so whoever gives up waiting has submitted all the
 * same. Pure.
 */
import type { SlurmSettings } from "./options.ts";

/** For slurm.conf. */
export const submitLatencySettings = (latencyMs: number): SlurmSettings =>
  latencyMs > 0 ? { JobSubmitPlugins: "lua" } : {};

/** The text of /etc/slurm/job_submit.lua. Only batch jobs have a script. */
export const submitLatencyScript = (latencyMs: number): string => `function slurm_job_submit(job, partitions, uid)
  if job.script ~= nil then os.execute("sleep ${latencyMs / 1000}") end
  return slurm.SUCCESS
end

function slurm_job_modify(job, record, partitions, uid)
  return slurm.SUCCESS
end
`;
