/**
 * Which CPUs of a node are ours. The kernel says which ids an agent may use; Slurm, or the person, says how many CPUs we
 * have. The two need not agree, and pinning to the wrong ids would be worse than not pinning: they may be a stranger's.
 */
import type { NodeLauncher } from "@hyperion-ts/launcher";
import type { NodeShare } from "./node-share.ts";

export interface ChosenCpus {
  /** As many as we have; real ids only when `pin` is true. */
  readonly cpuIds: readonly number[];
  /** Whether workers are pinned to these ids. */
  readonly pin: boolean;
  /** What a person should know about the choice. */
  readonly note: string | null;
}

/** What an agent found out about its machine's CPUs. */
export type HostCpus = Pick<NodeLauncher["host"], "allowedCpus" | "onlineCpus" | "canPin" | "slurmOrder" | "cpuset">;

/** Compares what the agent may use with the CPUs that are said to be ours (default: all that it may use). */
export function chooseCpus(host: HostCpus, share: NodeShare = {}): ChosenCpus {
  const chosen = compare(host, share, share.cpus ?? host.allowedCpus.length);
  if (!chosen.pin || host.canPin) return chosen;
  return { ...chosen, pin: false, note: `${chosen.note === null ? "" : `${chosen.note}. `}taskset (util-linux) is not there: workers are not pinned` };
}

function compare(host: HostCpus, share: NodeShare, count: number): ChosenCpus {
  const allowed = host.allowedCpus.length;
  if (count === allowed) return { cpuIds: host.allowedCpus, pin: true, note: null };
  if (count < allowed) return outsideOfTheJob(host, share, count);
  if (allowed < host.onlineCpus) {
    return { cpuIds: host.allowedCpus, pin: true, note: `${count} CPUs were asked for, but only ${allowed} of the ${host.onlineCpus} that are online may be used (a cgroup or taskset limits us): ${allowed} are used` };
  }
  return { cpuIds: firstIds(count), pin: false, note: `${count} CPUs were asked for, more than the ${allowed} that are online: workers share them and are not pinned` };
}

/** We may use more than is ours, as after a plain ssh to a node: the job's cpuset, or else Slurm's own numbers, tell which are. */
function outsideOfTheJob({ allowedCpus, cpuset, slurmOrder }: HostCpus, { slurmCpuIds }: NodeShare, count: number): ChosenCpus {
  const allowed = new Set(allowedCpus);
  const known = [cpuset, slurmCpuIds?.flatMap((place) => slurmOrder?.[place] ?? [])].find((ids) => ids?.length === count && ids.every((id) => allowed.has(id)));
  if (known !== undefined && known !== null) return { cpuIds: known.toSorted((a, b) => a - b), pin: true, note: null };
  return { cpuIds: firstIds(count), pin: false, note: `${count} of ${allowedCpus.length} usable CPUs are ours, but not which: workers are not pinned` };
}

const firstIds = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
