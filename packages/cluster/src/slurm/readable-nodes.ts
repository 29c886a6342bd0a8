/** The list of a job's nodes in an answer that is worth reading without it, too. Pure. */
import { expandHostlist, SlurmEnvError } from "@hyperion-ts/slurm-env";

/** The nodes of a hostlist; none where it is one of Slurm's words for that, or can't be read. */
export function readableNodes(list: string): readonly string[] {
  if (NO_NODES.has(list)) return [];
  try {
    return expandHostlist(list);
  } catch (error) {
    if (error instanceof SlurmEnvError) return [];
    throw error;
  }
}

const NO_NODES: ReadonlySet<string> = new Set(["", "(null)", "None assigned"]);
