/** The program that an agent becomes when its head fell silent: `end-abandoned-job-main JOBID NODES`. */
import { appendFileSync, existsSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { endAbandonedJob } from "./end-abandoned-job.ts";
import { scancel, scontrol } from "./scontrol.ts";

/** A controller that is away keeps a command for about twice MessageTimeout, which is 10 s by default. */
const timeoutMs = 30_000;

const [jobId = "", nodes = "1"] = process.argv.slice(2);
await endAbandonedJob(jobId, Number(nodes), {
  scontrol: (args) => scontrol(args, { timeoutMs }),
  scancel: (id) => scancel(id, { timeoutMs }),
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
