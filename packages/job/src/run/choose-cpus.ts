/**
 * Which CPUs of a node are ours. The kernel says which ids an agent may use; Slurm, or the person, says how many CPUs we
 * have. The two need not agree, and pinning to the wrong ids would be worse than not pinning.
 */
import type { NodeLauncher } from "@hyperion-ts/launcher";

export interface ChosenCpus {
  /** As many as we have; real ids only when `pin` is true. */
  readonly cpuIds: readonly number[];
  /** Whether workers are pinned to these ids. */
  readonly pin: boolean;
  /** What a person should know about the choice. */
  readonly note: string | null;
}

/** Compares what the agent may use with `count`, the number of CPUs that is said to be ours (default: all that it may use). */
export function chooseCpus(host: Pick<NodeLauncher["host"], "allowedCpus" | "onlineCpus" | "canPin">, count = host.allowedCpus.length): ChosenCpus {
  const chosen = compare(host, count);
  if (!chosen.pin || host.canPin) return chosen;
  return { ...chosen, pin: false, note: `${chosen.note === null ? "" : `${chosen.note}. `}taskset (util-linux) is not there: workers are not pinned` };
}

function compare(host: Pick<NodeLauncher["host"], "allowedCpus" | "onlineCpus">, count: number): ChosenCpus {
  const allowed = host.allowedCpus.length;
  if (count === allowed) return { cpuIds: host.allowedCpus, pin: true, note: null };
  if (count < allowed) return { cpuIds: firstIds(count), pin: false, note: `${count} of ${allowed} usable CPUs are ours, but not which: workers are not pinned` };
  if (allowed < host.onlineCpus) {
    return { cpuIds: host.allowedCpus, pin: true, note: `${count} CPUs were asked for, but only ${allowed} of the ${host.onlineCpus} that are online may be used (a cgroup or taskset limits us): ${allowed} are used` };
  }
  return { cpuIds: firstIds(count), pin: false, note: `${count} CPUs were asked for, more than the ${allowed} that are online: workers share them and are not pinned` };
}

const firstIds = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
