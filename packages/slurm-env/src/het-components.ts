/**
 * Heterogeneous jobs (`sbatch -n1 : -N4`): several components, each to Slurm a job of its own, that
 * start together. To us they are one pool of nodes; a node that serves several components appears
 * once, with the sum of its shares.
 */
import type { AllocatedNode, HetComponent } from "./allocation.ts";
import { readComponentNodes } from "./component-nodes.ts";
import { parseCpuCount } from "./cpu-count.ts";
import type { Notes } from "./notes.ts";
import { readCount, readText, requireJobId, type SlurmEnvironment } from "./slurm-environment.ts";
import type { SlurmJobId } from "./slurm-job-id.ts";

/**
 * The components; undefined in an ordinary job. A job that was submitted from inside a
 * heterogeneous one inherits that one's variables: they count only if this job is among them.
 * Then the nodes and CPUs of each component are needed; what names the components is not, as a job without it has the
 * nodes of its own variables.
 *
 * @throws SlurmEnvError when the names or CPUs of a component are missing or wrong
 */
export function readHetComponents(
  env: SlurmEnvironment,
  jobId: SlurmJobId,
  notes: Notes,
): readonly HetComponent[] | undefined {
  const jobIds = notes.unlessOdd(() => readJobIds(env)) ?? [];
  return jobIds.includes(jobId) ? jobIds.map((id, index) => readComponent(env, index, id, notes)) : undefined;
}

/** One list of all nodes, each once, in the order of first appearance. */
export function mergeComponents(components: readonly HetComponent[]): readonly AllocatedNode[] {
  const merged = new Map<string, AllocatedNode>();
  for (const { index, nodes } of components) {
    for (const node of nodes) merged.set(node.name, addShare(merged.get(node.name), node, index));
  }
  return [...merged.values()];
}

/** A loop that ends at the first id that is missing: an absurd size costs nothing. */
function readJobIds(env: SlurmEnvironment): readonly SlurmJobId[] {
  const size = readCount(env, "SLURM_HET_SIZE") ?? 0;
  const jobIds: SlurmJobId[] = [];
  while (jobIds.length < size) jobIds.push(requireJobId(env, `SLURM_JOB_ID_HET_GROUP_${jobIds.length}`));
  return jobIds;
}

function readComponent(env: SlurmEnvironment, index: number, jobId: SlurmJobId, notes: Notes): HetComponent {
  const suffix = `_HET_GROUP_${index}`;
  return {
    index,
    jobId,
    partition: readText(env, `SLURM_JOB_PARTITION${suffix}`),
    nodes: readComponentNodes(env, suffix, notes),
  };
}

const addShare = (sum: AllocatedNode | undefined, share: AllocatedNode, component: number): AllocatedNode => ({
  name: share.name,
  cpus: parseCpuCount((sum?.cpus ?? 0) + share.cpus),
  gpus: sum === undefined ? share.gpus : addKnown(sum.gpus, share.gpus),
  memoryMb: sum === undefined ? share.memoryMb : addKnown(sum.memoryMb, share.memoryMb),
  components: [...(sum?.components ?? []), component],
});

const addKnown = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined || b === undefined ? undefined : a + b;
