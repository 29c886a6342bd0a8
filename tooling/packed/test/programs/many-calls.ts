/** Ten thousand calls on one CPU, of which the first never ends; and a hundred Slurm jobs are told of, as `runCluster` tells. */
import { writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import {
  defineRemote,
  type Job,
  mapConcurrently,
  programInfo,
  remoteEval,
  type RunEvent,
  runJobLocal,
} from "@hyperion-ts/job";
import { z } from "zod";

export const stays = defineRemote(import.meta, {
  name: "packed/stays",
  input: z.int(),
  output: z.int(),
  run: async (n, { signal }) => {
    writeFileSync("out/running", "");
    await sleep(3_600_000, undefined, { signal });
    return n;
  },
});

const slurmJob = (n: number): RunEvent => ({
  type: "slurm-job",
  call: `q7RkW-${n}`,
  name: "packed/job",
  input: `n=${n}`,
  jobId: 4_711 + n,
  state: n < 50 ? "running" : "waiting",
  reason: n < 50 ? null : "Priority",
  sentence: n < 50 ? null : "It waits in the queue. Jobs with a higher priority are before it.",
  nodes: n < 50 ? [`n${n}`] : [],
  slurmState: n < 50 ? "RUNNING" : "PENDING",
  change: n < 50 ? null : "by-itself",
  startsAt: null,
  end: null,
  directory: null,
  cpus: 64,
  calls: n < 50 ? { done: n, failed: 0, running: 64, waiting: 100, remembered: 0 } : null,
  forMs: 0,
});

const all: Job<number[]> = async (env) => {
  for (let n = 0; n < 100; n += 1) env.events.emit(slurmJob(n));
  const inputs = Array.from({ length: 10_000 }, (_, n) => n);
  return await mapConcurrently(inputs, (n) => remoteEval(stays, n))(env);
};

if (import.meta.main) {
  await runJobLocal(programInfo("./out"), all, { cpus: 1, progress: "none" }).catch(() => undefined);
}
