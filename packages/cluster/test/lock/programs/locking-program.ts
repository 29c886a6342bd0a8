/** A program on a login node whose jobs take locks. What came of it is in a file. */
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pause } from "@hyperion-ts/bounds";
import { mapConcurrently, programInfo } from "@hyperion-ts/job";
import { type Cluster, lock, newWorkDir, remoteEvalJob, runCluster } from "../../../src/index.ts";
import { countingJob, countUp, keepingJob, waitingJob } from "./locking.ts";

const [dir = "", what = "count"] = process.argv.slice(2);

/** Two jobs and the program itself count. */
const count: Cluster<unknown> = async (env) => {
  const [inJobs] = await Promise.all([
    mapConcurrently([1, 2], (job) => remoteEvalJob(countingJob, { dir, times: 8, job }))(env),
    countUp(dir, 8)(env),
  ]);
  return [await newWorkDir({ shared: true })(env), ...inJobs];
};

/** One job keeps a lock, and another one waits for it, and for one that the program's first run never gives up. */
const keep: Cluster<unknown> = async (env) => {
  const keeping = remoteEvalJob(keepingJob, { dir })(env);
  while (!existsSync(join(dir, "keeps"))) await pause(100, env.signal);
  const both = () => Promise.all([keeping, remoteEvalJob(waitingJob, { dir })(env)]);
  if (existsSync(join(dir, "has-begun"))) return await both();
  return await lock("program", () => {
    writeFileSync(join(dir, "has-begun"), "");
    return both();
  })(env);
};

const outcome = await runCluster(programInfo(dir), what === "count" ? count : keep, {
  // Each job has a node of its own.
  sbatchOptions: { nTasksPerNode: 2 },
});
writeFileSync(join(dir, "outcome.json"), JSON.stringify(outcome));
