/** How many CPUs there are, and which of them may be used. */
import { availableParallelism, cpus } from "node:os";
import { parseCpuList } from "./cpu-list.ts";
import { readIfThere } from "./read-if-there.ts";

/** The CPUs that the kernel lets this process use: `Cpus_allowed_list` of proc(5). Elsewhere than on Linux: as many as the runtime counts. */
export function allowedCpus(): number[] {
  const list = /^Cpus_allowed_list:\s*(\S+)$/m.exec(readIfThere("/proc/self/status"))?.[1];
  return list === undefined ? Array.from({ length: availableParallelism() }, (_, i) => i) : parseCpuList(list);
}

/** How many CPUs of this machine are online, whoever may use them. */
export function onlineCpus(): number {
  const list = readIfThere("/sys/devices/system/cpu/online");
  return list === "" ? cpus().length : parseCpuList(list).length;
}
