/** What Slurm is asked when one end of a node's connection hears nothing of the other. */
import type { LauncherOptions, NodeContext } from "@hyperion-ts/launcher";
import { ownProgram } from "@hyperion-ts/processes";
import type { Allocation, JobState } from "@hyperion-ts/slurm-env";
import { askJobDetails } from "./ask-job-details.ts";

const endAbandonedJob: string = ownProgram(import.meta, "./end-abandoned-job-main");

/** A node must not be waited for for long because slurmctld does not answer either, in milliseconds. */
const ASKING_LIMIT_MS = 5_000;

/**
 * A head on a node of the job is suspended together with it; one on the submitting host (salloc) has to ask. Of a lost
 * head the agents have to, and only a node of the job can be lost with the job's script.
 */
export function silenceOptions(
  allocation: Allocation,
  { nodePath = process.execPath }: Pick<LauncherOptions, "nodePath">,
): Pick<NodeContext, "isPaused" | "whenHeadIsLost"> {
  const { jobId, head, nodes } = allocation;
  if (head === undefined) return { isPaused: isSuspended(allocation) };
  return { whenHeadIsLost: [nodePath, endAbandonedJob, String(jobId), String(nodes.length)] };
}

/** Asks once for all nodes that are silent at the same time. A rejection: Slurm does not tell. */
function isSuspended(allocation: Allocation): () => Promise<boolean> {
  let asked: Promise<boolean> | undefined;
  return () => {
    asked ??= askJobDetails(allocation, { timeLimitMs: ASKING_LIMIT_MS })
      .then(({ state }) => state === ("SUSPENDED" satisfies JobState))
      .finally(() => (asked = undefined));
    return asked;
  };
}
