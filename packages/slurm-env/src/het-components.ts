/**
 * Heterogeneous jobs (`sbatch -n1 : -N4`): several components, each to Slurm a job of its own, that
 * start together. To us they are one pool of nodes; a node that serves several components appears
 * once, with the sum of its shares.
 */
import type { AllocatedNode, HetComponent } from "./allocation.ts";
import { readComponentNodes } from "./component-nodes.ts";
import { parseCpuCount } from "./cpu-count.ts";
import { readCount, readText, requireJobId, type SlurmEnvironment } from "./slurm-environment.ts";
import type { SlurmJobId } from "./slurm-job-id.ts";

/**
 * The components; undefined in an ordinary job. A job that was submitted from inside a
 * heterogeneous one inherits that one's variables: they count only if this job is among them.
 *
 * @throws SlurmEnvError
 */
export const readHetComponents = (env: SlurmEnvironment, jobId: SlurmJobId): readonly HetComponent[] | undefined => {
  const size = readCount(env, "SLURM_HET_SIZE");
  if (size === undefined || !isAmongComponents(env, size, jobId)) return undefined;
  return Array.from({ length: size }, (_, index) => readComponent(env, index));
};

/** One list of all nodes, each once, in the order of first appearance. */
export const mergeComponents = (components: readonly HetComponent[]): readonly AllocatedNode[] => {
  const merged = new Map<string, AllocatedNode>();
  for (const { index, nodes } of components) {
    for (const node of nodes) merged.set(node.name, addShare(merged.get(node.name), node, index));
  }
  return [...merged.values()];
};

/** Stops at the first id that is missing: a hostile size costs nothing. */
const isAmongComponents = (env: SlurmEnvironment, size: number, jobId: SlurmJobId): boolean => {
  for (let index = 0; index < size; index += 1) {
    if (requireJobId(env, `SLURM_JOB_ID_HET_GROUP_${index}`) === jobId) return true;
  }
  return false;
};

const readComponent = (env: SlurmEnvironment, index: number): HetComponent => {
  const suffix = `_HET_GROUP_${index}`;
  return {
    index,
    jobId: requireJobId(env, `SLURM_JOB_ID${suffix}`),
    partition: readText(env, `SLURM_JOB_PARTITION${suffix}`),
    nodes: readComponentNodes(env, suffix),
  };
};

const addShare = (sum: AllocatedNode | undefined, share: AllocatedNode, component: number): AllocatedNode => ({
  name: share.name,
  cpus: parseCpuCount((sum?.cpus ?? 0) + share.cpus),
  gpus: sum === undefined ? share.gpus : addKnown(sum.gpus, share.gpus),
  memoryMb: sum === undefined ? share.memoryMb : addKnown(sum.memoryMb, share.memoryMb),
  components: [...(sum?.components ?? []), component],
});

const addKnown = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined || b === undefined ? undefined : a + b;
