/**
 * GPUs. Slurm has no variable that says what every node got: SLURM_GPUS_PER_NODE and
 * SLURM_GPUS_PER_TASK repeat the request, and SLURM_JOB_GPUS and SLURM_GPUS_ON_NODE describe the one
 * node that we run on. So counts are known for some jobs, and ids for one node. All of it is optional:
 * a text that is not understood says nothing.
 */
import type { AllocatedNode } from "./allocation.ts";
import { Cursor } from "./cursor.ts";
import { readNodeTasks } from "./node-cpus.ts";
import type { Notes } from "./notes.ts";
import { parseNumberRanges, writeNumbers } from "./number-ranges.ts";
import { errorAt } from "./slurm-env-error.ts";
import { readText, readWholeNumber, type SlurmEnvironment } from "./slurm-environment.ts";

/** The number of GPUs on each node as it was asked for, in the order of the nodes; undefined where that does not tell. */
export function readRequestedGpus(
  env: SlurmEnvironment,
  suffix: string,
  nodeCount: number,
  notes: Notes,
): readonly (number | undefined)[] {
  const request = (variable: string): number | undefined =>
    notes.unlessOdd(() => readRequest(env, `${variable}${suffix}`));
  const everywhere = request("SLURM_GPUS_PER_NODE") ?? (nodeCount === 1 ? request("SLURM_GPUS") : undefined);
  const perTask = everywhere === undefined ? request("SLURM_GPUS_PER_TASK") : undefined;
  const tasks = perTask === undefined ? undefined : notes.unlessOdd(() => readNodeTasks(env, suffix, nodeCount));
  return Array.from({ length: nodeCount }, (_, node) => {
    const taskCount = tasks?.[node];
    return perTask === undefined || taskCount === undefined ? everywhere : perTask * taskCount;
  });
}

/** The nodes, with what Slurm says of the node that we run on in the place of what was asked for. */
export const withHeadGpus = (
  env: SlurmEnvironment,
  nodes: readonly AllocatedNode[],
  head: string | undefined,
  notes: Notes,
): readonly AllocatedNode[] =>
  nodes.map((node, index) => {
    if (node.name !== head) return node;
    const gpuIds = readHeadGpuIds(env, index === 0, notes);
    const gpus = gpuIds?.length ?? notes.unlessOdd(() => readWholeNumber(env, "SLURM_GPUS_ON_NODE")) ?? node.gpus;
    return { ...node, gpus, gpuIds };
  });

/**
 * SLURM_JOB_GPUS is set on the first node, where the batch script runs, and handed on from there to
 * every step: on other nodes it is not theirs, and only SLURM_STEP_GPUS tells.
 */
function readHeadGpuIds(env: SlurmEnvironment, isFirstNode: boolean, notes: Notes): readonly string[] | undefined {
  const ids = (variable: string): readonly string[] | undefined => notes.unlessOdd(() => readIds(env, variable));
  return (isFirstNode ? ids("SLURM_JOB_GPUS") : undefined) ?? ids("SLURM_STEP_GPUS");
}

/** Numbers and ranges of them, or names such as `GPU-5c89852c` and `MIG-377e0049`, in Slurm's order. */
function readIds(env: SlurmEnvironment, variable: string): readonly string[] | undefined {
  const text = readText(env, variable);
  if (text === undefined) return undefined;
  const cursor = new Cursor({ text, variable });
  const ids = /^[a-z]/i.test(text)
    ? takeNames(cursor)
    : writeNumbers(parseNumberRanges(cursor)).map((digits) => String(Number(digits)));
  if (!cursor.atEnd) throw cursor.error("GPU ids are numbers and ranges, or names, separated by commas");
  return ids;
}

function takeNames(cursor: Cursor): readonly string[] {
  const names: string[] = [];
  do names.push(cursor.takeWhile(/[a-z][\w./:-]*/iy));
  while (cursor.take(","));
  if (names.includes("")) throw cursor.error("the name of a GPU is expected");
  return names;
}

/** A request such as `2`, `a100:2` or `a100:2,h100:1`: the number of GPUs of all types. */
function readRequest(env: SlurmEnvironment, variable: string): number | undefined {
  const text = readText(env, variable);
  if (text === undefined) return undefined;
  let position = 0;
  let count = 0;
  for (const part of text.split(",")) {
    const digits = /^(?:[^\s:]+:){0,2}(\d{1,9})$/.exec(part)?.[1];
    if (digits === undefined)
      throw errorAt("malformed", { text, variable }, position, "GPUs are expected as COUNT or TYPE:COUNT");
    count += Number(digits);
    position += part.length + 1;
  }
  return count;
}
