/** The program that an agent becomes when its head fell silent: `end-abandoned-job-main JOBID NODES`. */
import { closeSync, writeSync } from "node:fs";
import { pause } from "@hyperion-ts/bounds";
import { openOwnFileIfThere } from "@hyperion-ts/own-files";
import { askSlurm } from "@hyperion-ts/slurm-env/commands";
import { endAbandonedJob } from "./end-abandoned-job.ts";

const [jobId = "", nodes = "1"] = process.argv.slice(2);
await endAbandonedJob(jobId, Number(nodes), {
  ask: askSlurm,
  tell: (outputFile, line) => {
    try {
      const fd = openOwnFileIfThere(outputFile);
      if (fd === undefined) return;
      writeSync(fd, line);
      closeSync(fd);
    } catch {
      // The job has ended, told or not.
    }
  },
  pause: (ms) => pause(ms),
  nowMs: () => performance.now(),
  random: () => Math.random(),
});
