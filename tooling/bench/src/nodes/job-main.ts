/**
 * Runs a job of short calls as a Slurm job of its own, from a login node (`submit`), or in the Slurm job that this program is
 * the script of (`here`), and prints what its calls took as a line of JSON. Further arguments: the folder of the results, the
 * first number to be squared, how many.
 */
import { remoteEvalJob, runCluster, setJobType } from "@hyperion-ts/cluster";
import { local, programInfo, runJobSlurm } from "@hyperion-ts/job";
import { shortCalls } from "./short-calls.ts";

const [how = "", dir = "", from = "", count = ""] = process.argv.slice(2);
const input = { from: Number(from), count: Number(count) };
const info = programInfo(dir);
const took =
  how === "submit"
    ? await runCluster(info, local(setJobType({ nodes: 1, nTasksPerNode: 2 }), remoteEvalJob(shortCalls, input)))
    : await runJobSlurm(info, shortCalls.run(input));
process.stdout.write(`${JSON.stringify(took)}\n`);
