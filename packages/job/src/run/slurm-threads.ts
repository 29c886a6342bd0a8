/** How many threads Slurm counts for each core of the job's nodes: without it, its numbers of CPUs may mean cores or threads. */
import { type Allocation, parseThreadsPerCore } from "@hyperion-ts/slurm-env";
import { scontrol } from "./scontrol.ts";

/** By node; without what can't be found out, which is said where it matters: workers are not pinned. */
export async function readThreadsPerCore({ nodes }: Allocation, signal: AbortSignal): Promise<ReadonlyMap<string, number>> {
  try {
    return parseThreadsPerCore(await scontrol(["show", "node", nodes.map(({ name }) => name).join(",")], { signal }));
  } catch {
    signal.throwIfAborted();
    return new Map();
  }
}
