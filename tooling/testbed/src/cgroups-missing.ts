/** Can nodes have cgroups here? */
import { accessSync, constants, readFileSync } from "node:fs";
import { join } from "node:path";
import { CONTROLLERS, ownHierarchies } from "./cgroup-hierarchies.ts";
import { parseCpuRanges } from "./cpu-ranges.ts";

/** null where they can; else a sentence that says what is lacking. */
export function cgroupsMissing(): string | null {
  const hierarchies = ownHierarchies();
  const lacking = CONTROLLERS.filter(
    (controller) => !hierarchies.some((hierarchy) => hierarchy.controller === controller),
  );
  if (lacking.length > 0)
    return `A testbed with cgroups needs version 1 of ${lacking.join(", ")}, which this machine does not mount (it may have version 2).`;
  const closed = hierarchies.find(({ own }) => !isWritable(own));
  if (closed !== undefined)
    return `A testbed with cgroups needs to make folders in ${closed.own}, which this process may not (in a container: --privileged).`;
  return cpusMissing(hierarchies.find(({ controller }) => controller === "cpuset")?.own ?? "");
}

/** slurmd counts all CPUs of the machine, whichever of them this process may use. */
function cpusMissing(cpuset: string): string | null {
  const [ours = "", all = ""] = [join(cpuset, "cpuset.effective_cpus"), "/sys/devices/system/cpu/online"].map((file) =>
    readFileSync(file, "utf8").trim(),
  );
  if (parseCpuRanges(ours).length === parseCpuRanges(all).length) return null;
  return `A testbed with cgroups needs all of the machine's CPUs (${all}); this process has ${ours}.`;
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
