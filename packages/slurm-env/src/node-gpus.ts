/**
 * GPUs. Slurm has no variable that says what every node got: SLURM_GPUS_PER_NODE and
 * SLURM_GPUS_PER_TASK repeat the request, and SLURM_JOB_GPUS and SLURM_GPUS_ON_NODE describe the one
 * node that we run on. So counts are known for some jobs, and ids for one node.
 */
import type { AllocatedNode } from "./allocation.ts";
import { Cursor } from "./cursor.ts";
import { readNodeTasks } from "./node-cpus.ts";
import type { NodeName } from "./node-name.ts";
import { parseNumberRanges, writeNumbers } from "./number-ranges.ts";
import { errorAt } from "./slurm-env-error.ts";
import { readText, readWholeNumber, type SlurmEnvironment } from "./slurm-environment.ts";

/** The number of GPUs on each node as it was asked for, in the order of the nodes; undefined where that does not tell. */
export const readRequestedGpus = (env: SlurmEnvironment, suffix: string, nodeCount: number): readonly (number | undefined)[] => {
  const everywhere = readRequest(env, `SLURM_GPUS_PER_NODE${suffix}`) ?? (nodeCount === 1 ? readRequest(env, `SLURM_GPUS${suffix}`) : undefined);
  const perTask = everywhere === undefined ? readRequest(env, `SLURM_GPUS_PER_TASK${suffix}`) : undefined;
  const tasks = perTask === undefined ? undefined : readNodeTasks(env, suffix, nodeCount);
  return Array.from({ length: nodeCount }, (_, node) => {
    const taskCount = tasks?.[node];
    return perTask === undefined || taskCount === undefined ? everywhere : perTask * taskCount;
  });
};

/** The nodes, with what Slurm says of the node that we run on in the place of what was asked for. */
export const withHeadGpus = (env: SlurmEnvironment, nodes: readonly AllocatedNode[], head: NodeName | undefined): readonly AllocatedNode[] =>
  nodes.map((node, index) => {
    if (node.name !== head) return node;
    const gpuIds = readHeadGpuIds(env, index === 0);
    const gpus = gpuIds?.length ?? readWholeNumber(env, "SLURM_GPUS_ON_NODE") ?? node.gpus;
    return { ...node, gpus, gpuIds };
  });

/**
 * SLURM_JOB_GPUS is set on the first node, where the batch script runs, and handed on from there to
 * every step: on other nodes it is not theirs, and only SLURM_STEP_GPUS tells.
 */
const readHeadGpuIds = (env: SlurmEnvironment, isFirstNode: boolean): readonly number[] | undefined =>
  (isFirstNode ? readIds(env, "SLURM_JOB_GPUS") : undefined) ?? readIds(env, "SLURM_STEP_GPUS");

const readIds = (env: SlurmEnvironment, variable: string): readonly number[] | undefined => {
  const text = readText(env, variable);
  if (text === undefined) return undefined;
  const cursor = new Cursor({ text, variable });
  const ranges = parseNumberRanges(cursor);
  if (!cursor.atEnd) throw cursor.error("GPU ids are numbers and ranges, separated by commas");
  return writeNumbers(ranges).map(Number);
};

/** A request such as `2`, `a100:2` or `a100:2,h100:1`: the number of GPUs of all types. */
const readRequest = (env: SlurmEnvironment, variable: string): number | undefined => {
  const text = readText(env, variable);
  if (text === undefined) return undefined;
  let position = 0;
  let count = 0;
  for (const part of text.split(",")) {
    const digits = /^(?:[^\s:]+:){0,2}(\d{1,9})$/.exec(part)?.[1];
    if (digits === undefined) throw errorAt("malformed", { text, variable }, position, "GPUs are expected as COUNT or TYPE:COUNT");
    count += Number(digits);
    position += part.length + 1;
  }
  return count;
};
