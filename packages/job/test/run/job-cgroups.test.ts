import { parseSlurmJobId } from "@hyperion-ts/slurm-env";
import { expect, test } from "vitest";
import { jobCgroups } from "../../src/run/job-cgroups.ts";

const jobId = parseSlurmJobId(12);
const components = [12, 13].map((id, index) => ({ index, jobId: parseSlurmJobId(id), nodes: [] }));
const details = { nodes: [], sluids: ["sA55M89F9V8E00", "sA55M89F9V8E01"] };

test.each([
  { what: "the job's id", job: { jobId }, names: ["job_12"] },
  {
    what: "its SLUID too, where Slurm has one",
    job: { jobId },
    env: { SLURM_JOB_SLUID: "sA55M89F9V8E00" },
    names: ["job_12", "sA55M89F9V8E00"],
  },
  {
    what: "those of all components of a heterogeneous job, each once",
    job: { jobId, components },
    told: details,
    env: { SLURM_JOB_SLUID: "sA55M89F9V8E00" },
    names: ["job_12", "job_13", "sA55M89F9V8E00", "sA55M89F9V8E01"],
  },
  {
    what: "and nothing else that the variable says",
    job: { jobId },
    env: { SLURM_JOB_SLUID: "../x" },
    names: ["job_12"],
  },
])("a job's cgroups are named after $what", ({ job, told, env = {}, names }) => {
  expect(jobCgroups(job, told, env)).toEqual(names);
});
