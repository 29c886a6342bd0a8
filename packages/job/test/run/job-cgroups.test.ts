import { parseSlurmJobId } from "@hyperion-ts/slurm-env";
import { expect, test } from "vitest";
import { jobCgroups } from "../../src/run/job-cgroups.ts";

const jobId = parseSlurmJobId(12);
const components = [12, 13].map((id, index) => ({ index, jobId: parseSlurmJobId(id), nodes: [] }));
const details = { nodes: [], sluids: ["sA55M89F9V8E00", "sA55M89F9V8E01"] };

test.each([
  ["the job's id", { jobId }, undefined, {}, ["job_12"]],
  [
    "its SLUID too, where Slurm has one",
    { jobId },
    undefined,
    { SLURM_JOB_SLUID: "sA55M89F9V8E00" },
    ["job_12", "sA55M89F9V8E00"],
  ],
  [
    "those of all components of a heterogeneous job, each once",
    { jobId, components },
    details,
    { SLURM_JOB_SLUID: "sA55M89F9V8E00" },
    ["job_12", "job_13", "sA55M89F9V8E00", "sA55M89F9V8E01"],
  ],
  ["and nothing else that the variable says", { jobId }, undefined, { SLURM_JOB_SLUID: "../x" }, ["job_12"]],
])("a job's cgroups are named after %s", (_, job, told, env, names) => {
  expect(jobCgroups(job, told, env)).toEqual(names);
});
