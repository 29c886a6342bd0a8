/** What an agent finds out about its machine, and about what is its job's there. */
import { hostname, totalmem } from "node:os";
import { type FromAgent, PROTOCOL_VERSION } from "@hyperion-ts/wire/frames";
import type { ProcessTools } from "@hyperion-ts/processes/supervision";
import { gpuVariablesOf } from "../gpu-variables.ts";
import { cpuQuota, memoryLimit } from "./cgroup-limits.ts";
import { ownCgroups } from "./cgroup-mounts.ts";
import { coresInOrder, slurmCores } from "./cpu-order.ts";
import { type JobOnNode, jobCpuset } from "./job-cpuset.ts";
import { readTopology } from "./read-topology.ts";
import { allowedCpus, onlineCpus } from "./usable-cpus.ts";

/** The first message of an agent. */
export function hello(tools: Pick<ProcessTools, "taskset">, job: JobOnNode): Extract<FromAgent, { type: "hello" }> {
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
