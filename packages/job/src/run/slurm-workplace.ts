/** The nodes of a Slurm allocation as a workplace: this machine, where it is one of them, and one connection to each other. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import type { NodeLauncherConfig, WorkerAddr } from "@hyperion-ts/launcher";
import { type AllocatedNode, type Allocation, type JobDetails, parseJobDetails } from "@hyperion-ts/slurm-env";
import type { RunEvents } from "../events/run-events.ts";
import type { ProgramInfo } from "../program-info.ts";
import { jobCgroups } from "./job-cgroups.ts";
import type { NodeShare } from "./node-share.ts";
import { openPoolLauncher } from "./pool-launcher.ts";
import { type Workplace, workplaceOver } from "./run-session.ts";

/** slurmctld may be busy; what it would say can be done without. */
const SCONTROL_TIMEOUT_MS = 10_000;

/** What a workplace in an allocation needs, beside the allocation. */
export interface SlurmWorkplaceOptions {
  readonly leastNodes: number | undefined;
  readonly config: Partial<NodeLauncherConfig>;
}

export async function openSlurmWorkplace(info: ProgramInfo, events: RunEvents, allocation: Allocation, { leastNodes, config }: SlurmWorkplaceOptions, signal: AbortSignal): Promise<Workplace> {
  const log = (message: string): void => events.emit({ type: "log", message });
  const details = await readJobDetails(allocation, log, signal);
  const shares = new Map(allocation.nodes.map((node) => [String(node.name), shareOf(node, details, allocation.head)]));
  const launcher = await openPoolLauncher(
    {
      logDir: info.logDir,
      compileCache: join(info.dataDir, "compile-cache"),
      jobCgroups: jobCgroups(allocation, details, process.env),
      log,
      ...config,
      ...(leastNodes === undefined ? {} : { leastNodes }),
      ...transportOf(allocation, config),
      events,
      shareOf: ({ hostname = "" }) => shares.get(hostname),
    },
    allocation.nodes.map((node) => addressOf(node, allocation)),
    signal,
  );
  return workplaceOver(launcher, allocation.endTimeMs ?? details?.endTimeMs ?? null);
}

const addressOf = ({ name }: AllocatedNode, { head }: Allocation): WorkerAddr => ({ type: name === head ? "LocalHost" : "RemoteAddr", hostname: name });

function shareOf({ name, cpus, gpuIds, memoryMb }: AllocatedNode, details: JobDetails | undefined, head: string | undefined): NodeShare {
  const known = details?.nodes.find((node) => node.name === name);
  const gpus = known?.gpuIds ?? gpuIds;
  return { cpus, memoryMb: known?.memoryMb ?? memoryMb, slurmCpuIds: known?.cpuIds, gpuIds: name === head ? (visibleGpus(process.env, gpus?.length) ?? gpus) : gpus };
}

/**
 * The GPUs of this node as CUDA counts them: from 0 on where a cgroup hides the others, and not by the node's own
 * numbers. Undefined where the variable does not name as many as the job has.
 */
function visibleGpus({ CUDA_VISIBLE_DEVICES }: NodeJS.ProcessEnv, count: number | undefined): number[] | undefined {
  const ids = CUDA_VISIBLE_DEVICES?.split(",") ?? [];
  return ids.length === count && ids.every((id) => /^\d+$/.test(id)) ? ids.map(Number) : undefined;
}

/** srun has to be told the component of a heterogeneous job. */
function transportOf({ components }: Allocation, { transport }: Partial<NodeLauncherConfig>): Pick<NodeLauncherConfig, "transport"> {
  if (transport?.type !== "srun" || components === undefined) return {};
  const hetGroupOf = (host: string): number | undefined => components.find(({ nodes }) => nodes.some(({ name }) => name === host))?.index;
  return { transport: { hetGroupOf, ...transport } };
}

/** What the environment does not say: which CPUs and GPUs are ours on each node, and how much memory we were given. */
async function readJobDetails({ jobId }: Allocation, log: (line: string) => void, signal: AbortSignal): Promise<JobDetails | undefined> {
  try {
    const { stdout } = await promisify(execFile)("scontrol", ["show", "job", "--details", String(jobId)], { timeout: SCONTROL_TIMEOUT_MS, signal });
    return parseJobDetails(stdout, jobId);
  } catch (error) {
    signal.throwIfAborted();
    log(`scontrol does not tell which CPUs and GPUs are job ${jobId}'s (${error instanceof Error ? error.message.split("\n", 1)[0] : String(error)}): GPUs of other nodes are not used`);
    return undefined;
  }
}
