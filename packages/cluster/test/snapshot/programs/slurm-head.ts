/** In a Slurm job: loads a snapshot and runs its function `where` once for each node. Prints a JSON array. */
import { mapConcurrently, programInfo, remoteEval, runJobSlurm } from "@hyperion-ts/job";
import { findRemote } from "@hyperion-ts/remote";
import { loadSnapshot } from "../../../src/snapshot/index.ts";

const [, , file = "", hash = "", dir = "", calls = "1"] = process.argv;
await loadSnapshot(file, hash);
const where = findRemote("slurm/where");
if (where === undefined) throw new Error("The snapshot has no function slurm/where");
const job = mapConcurrently(
  Array.from({ length: Number(calls) }, (_, i) => i),
  (i) => remoteEval(where as never, i as never),
);
process.stdout.write(JSON.stringify(await runJobSlurm(programInfo(dir), job, { progress: "none" })));
