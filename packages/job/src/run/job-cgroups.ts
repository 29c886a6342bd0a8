/**
 * What the cgroups of our job may be called on its nodes: Slurm names them by the job's id, and from 26.05 on by its
 * SLUID where they are of version 2. The components of a heterogeneous job are jobs of their own. (cgroup.conf(5),
 * CgroupJobIdPaths)
 */
import type { Allocation, JobDetails, SlurmEnvironment } from "@hyperion-ts/slurm-env";

/** Slurm's src/common/sluid.h */
const SLUID = /^s[0-9A-Z]{13}$/;

/** `details` is what scontrol has told, if it has. */
export function jobCgroups(
  { jobId, components }: Pick<Allocation, "jobId" | "components">,
  details: JobDetails | undefined,
  { SLURM_JOB_SLUID: own }: SlurmEnvironment,
): readonly string[] {
  const ids = [jobId, ...(components ?? []).map((component) => component.jobId)];
  return [
    ...new Set([
      ...ids.map((id) => `job_${id}`),
      ...(own === undefined || !SLUID.test(own) ? [] : [own]),
      ...(details?.sluids ?? []),
    ]),
  ];
}
