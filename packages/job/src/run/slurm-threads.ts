/** How many threads Slurm counts for each core of the job's nodes: without it, its numbers of CPUs may mean cores or threads. */
import { type Allocation, parseThreadsPerCore } from "@hyperion-ts/slurm-env";
import { askSlurm } from "@hyperion-ts/slurm-env/commands";

/** By node; without what can't be found out, which is said where it matters: workers are not pinned. */
export async function readThreadsPerCore(
  { nodes }: Allocation,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, number>> {
  const { code, stdout } = await askSlurm(["scontrol", "show", "node", nodes.map(({ name }) => name).join(",")], {
    signal,
  });
  signal.throwIfAborted();
  return code === 0 ? parseThreadsPerCore(stdout) : new Map();
}
