/**
 * By which names the GPUs of a node are handed out. Slurm's controller counts them on the node; inside of a step that is
 * allowed to use its own devices only, CUDA counts those from 0 on, and a slice of a GPU (MIG) has no number, but a name.
 * Slurm tells a step the names that are right in it.
 */
import { gpuNamesOf, type NodeLauncher } from "@hyperion-ts/launcher";
import type { NodeShare } from "./node-share.ts";

/** The names in the agent's environment where it is in the job and they are as many as the job has; else what the share says. */
export function chooseGpus(
  { gpuVariables }: Pick<NodeLauncher["host"], "gpuVariables">,
  { gpuIds, agentIsInJob = false }: NodeShare,
): readonly string[] | undefined {
  const named = agentIsInJob ? gpuNamesOf(gpuVariables) : undefined;
  return named !== undefined && named.length === gpuIds?.length ? named : gpuIds;
}

/** Whether there are slices of GPUs among them: on another node only a step of Slurm's knows what these are called there. */
export const haveSlices = (names: readonly string[] | undefined): boolean =>
  names?.some((name) => name.startsWith("MIG-")) ?? false;
