/** The program that an agent becomes when its head fell silent: `end-abandoned-job-main JOBID NODES`. */
import { appendFileSync, existsSync } from "node:fs";
import { pause } from "@hyperion-ts/bounds";
import { askSlurm } from "./ask-slurm.ts";
import { endAbandonedJob } from "./end-abandoned-job.ts";

const [jobId = "", nodes = "1"] = process.argv.slice(2);
await endAbandonedJob(jobId, Number(nodes), {
  ask: askSlurm,
  tell: (outputFile, line) => {
    try {
      if (existsSync(outputFile)) appendFileSync(outputFile, line);
    } catch {
      // The job has ended, told or not.
    }
  },
  pause: (ms) => pause(ms),
  nowMs: () => performance.now(),
  random: () => Math.random(),
});
