/** What an agent finds out about its machine, and about what is its job's there. */
import { availableParallelism, cpus, hostname, totalmem } from "node:os";
import { type FromAgent, PROTOCOL_VERSION } from "@hyperion-ts/wire";
import { gpuVariablesOf } from "../gpu-variables.ts";
import { cpuQuota, memoryLimit } from "./cgroup-limits.ts";
import { ownCgroups } from "./cgroup-mounts.ts";
import { parseCpuList } from "./cpu-list.ts";
import { coresInOrder, slurmCores } from "./cpu-order.ts";
import { type JobOnNode, jobCpuset } from "./job-cpuset.ts";
import type { ProcessTools } from "./process-tools.ts";
import { readIfThere } from "./read-if-there.ts";
import { readTopology } from "./read-topology.ts";

/** The first message of an agent. */
export function hello(tools: ProcessTools, job: JobOnNode): Extract<FromAgent, { type: "hello" }> {
  const topology = readTopology();
  const asSlurm = topology === null ? null : slurmCores(topology);
  const cgroups = ownCgroups();
  return {
    type: "hello",
    version: PROTOCOL_VERSION,
    pid: process.pid,
    hostname: hostname(),
    nodeVersion: process.version,
    allowedCpus: allowedCpus(),
    onlineCpus: onlineCpus(),
    canPin: tools.taskset,
    cores: asSlurm ?? (topology === null ? [] : (coresInOrder(topology) ?? topology.cores)),
    coresAsSlurm: asSlurm !== null,
    cpuset: jobCpuset(job),
    cpuQuota: cpuQuota(cgroups),
    memoryMb: Math.floor(totalmem() / 1_048_576),
    memoryLimit: memoryLimit(cgroups),
    gpuVariables: gpuVariablesOf(process.env),
  };
}

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
