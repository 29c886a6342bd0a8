/** How much of a node's memory calls may reserve. */
import type { NodeLauncher } from "@hyperion-ts/launcher";
import type { NodeShare } from "./node-share.ts";

/**
 * What the batch system gives is for the person to divide. A smaller limit of a cgroup (a container, a systemd slice)
 * also has to hold the program, its agent and whoever else is in it: calls may reserve what these leave.
 */
export function nodeMemory(
  { memoryMb, memoryLimit }: Pick<NodeLauncher["host"], "memoryMb" | "memoryLimit">,
  share: NodeShare,
): { readonly memoryMb: number; readonly note: string | null } {
  const given = share.memoryMb ?? memoryMb;
  if (memoryLimit === null || memoryLimit.limitMb >= given) return { memoryMb: given, note: null };
  const { limitMb, availableMb, file } = memoryLimit;
  return {
    memoryMb: availableMb,
    note: `memory is limited to ${limitMb} MB (${file}), of which ${availableMb} MB are left for calls`,
  };
}
