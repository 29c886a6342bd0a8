/** How many CPUs there are, and which of them may be used. */
import { availableParallelism, cpus } from "node:os";
import { readIfThere, statusOf } from "@hyperion-ts/processes/supervision";
import { parseCpuList } from "./cpu-list.ts";

/** The CPUs that the kernel lets this process use: `Cpus_allowed_list` of proc(5). Elsewhere than on Linux: as many as the runtime counts. */
export function allowedCpus(): number[] {
  const list = statusOf("self", "Cpus_allowed_list");
  return list === undefined ? Array.from({ length: availableParallelism() }, (_, i) => i) : parseCpuList(list);
}

/** How many CPUs of this machine are online, whoever may use them. */
export function onlineCpus(): number {
  const list = readIfThere("/sys/devices/system/cpu/online");
  return list === "" ? cpus().length : parseCpuList(list).length;
}
