/** What Slurm is asked when one end of a node's connection hears nothing of the other. */
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import type { NodeLauncherConfig } from "@hyperion-ts/launcher";
import type { Allocation } from "@hyperion-ts/slurm-env";
import { scontrol } from "./scontrol.ts";

const endAbandonedJob: string = fileURLToPath(new URL(`./end-abandoned-job-main${extname(import.meta.url)}`, import.meta.url));

/** A node must not be waited for for long because slurmctld does not answer either, in milliseconds. */
const ASKING_LIMIT_MS = 5_000;

/**
 * A head on a node of the job is suspended together with it; one on the submitting host (salloc) has to ask. Of a lost
 * head the agents have to, and only a node of the job can be lost with the job's script.
 */
export function silenceOptions({ jobId, head, nodes }: Allocation, { nodePath = process.execPath }: Partial<NodeLauncherConfig>): Pick<NodeLauncherConfig, "isPaused" | "whenHeadIsLost"> {
  if (head === undefined) return { isPaused: isSuspended(String(jobId)) };
  return { whenHeadIsLost: [nodePath, endAbandonedJob, String(jobId), String(nodes.length)] };
}

/** Asks once for all nodes that are silent at the same time. */
function isSuspended(jobId: string): () => Promise<boolean> {
  let asked: Promise<boolean> | undefined;
  return () => {
    asked ??= scontrol(["show", "job", jobId], { timeoutMs: ASKING_LIMIT_MS })
      .then((printed) => /\bJobState=SUSPENDED\b/.test(printed))
      .finally(() => (asked = undefined));
    return asked;
  };
}
