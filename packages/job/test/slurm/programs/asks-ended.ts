/** `asks-ended.ts NAME`: whether the job with the lock's name NAME has ended, as far as this user can know from this machine. */
import { parseAllocation } from "@hyperion-ts/slurm-env";
import { slurmBatchJob } from "../../../src/run/slurm-batch-job.ts";

const allocation = parseAllocation({ SLURM_JOB_ID: "1", SLURM_JOB_NODELIST: "n1", SLURM_JOB_CPUS_PER_NODE: "1" });
const { name, hasEnded } = await slurmBatchJob(allocation);
console.log(JSON.stringify({ own: name, hasEnded: await hasEnded(process.argv[2] ?? "") }));
