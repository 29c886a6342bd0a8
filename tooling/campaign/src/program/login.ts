/**
 * The program under test on a login node: `login.ts PLAN NODE NODE`, where PLAN is the path of a ProgramPlan. It submits a Slurm
 * job for each node, which make the calls. What ends the run ends it with a stack trace and code 1.
 */
import { readFileSync } from "node:fs";
import { type Cluster, remoteEvalJob, runCluster, setJobOptions } from "@hyperion-ts/cluster";
import { local, mapConcurrently, programInfo } from "@hyperion-ts/job";
import type { CallPlan, ProgramPlan } from "../plan.ts";
import { half } from "./half.ts";
import { acknowledge } from "./remembered.ts";

const [file = "", ...nodes] = process.argv.slice(2);
const { dir, journals, run, calls, shared, options }: ProgramPlan = JSON.parse(readFileSync(file, "utf8"));

/** Where calls are shared, every third one is made by all jobs. */
const callsOf = (job: number): readonly CallPlan[] =>
  calls.filter(({ key }) => (shared && key % 3 === 0) || key % nodes.length === job);

const onItsNode = (node: string, job: number): Cluster<void> =>
  local(setJobOptions({ nodelist: [node], nTasksPerNode: 2, time: { minutes: 10 } }), async (env) => {
    await remoteEvalJob(half, { calls: callsOf(job), journals })(env);
    for (const call of callsOf(job)) acknowledge(call, { run, journals });
  });

await runCluster(
  programInfo(dir),
  mapConcurrently([...nodes.entries()], ([job, node]) => onItsNode(node, job)),
  {
    longestPauseMs: 2_000,
    onFailure: "reject",
    ...options,
  },
);
console.log(`all ${calls.length} calls are done`);
