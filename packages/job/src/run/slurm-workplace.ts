/** The nodes of a Slurm allocation as a workplace: this machine, where it is one of them, and one connection to each other. */
import { join } from "node:path";
import {
  gpuNamesOf,
  type LauncherOptions,
  launcherOptionsOf,
  type ReachOptions,
  type WorkerAddr,
} from "@hyperion-ts/launcher";
import type { AllocatedNode, Allocation, JobDetails } from "@hyperion-ts/slurm-env";
import { askJobDetails } from "./ask-job-details.ts";
import { haveSlices } from "./choose-gpus.ts";
import { jobCgroups } from "./job-cgroups.ts";
import { lazyNodePool } from "./node-pool.ts";
import type { NodeShare } from "./node-share.ts";
import { OldCodeNews } from "./old-code-news.ts";
import { programCode } from "./program-code.ts";
import type { ProgramEnv } from "./work.ts";
import { lazyWorkplaceOver } from "./lazy-workplace.ts";
import type { Workplace } from "./workplace.ts";
import { slurmAddresses } from "./slurm-addresses.ts";
import type { SlurmEnd } from "./slurm-end.ts";
import { silenceOptions } from "./slurm-silence.ts";
import { readThreadsPerCore } from "./slurm-threads.ts";

const SLICES_ELSEWHERE =
  'The job has slices of GPUs (MIG), whose names on other nodes only a step of srun knows: there they are used with `reach: { transport: { type: "srun" } }` only';

/** What a workplace in an allocation needs, beside the allocation. */
export interface SlurmWorkplaceOptions {
  /** With fewer nodes the run ends; undefined: 1. */
  readonly leastNodes: number | undefined;
  /** What a person has set of the launcher is among these. */
  readonly launcher: LauncherOptions;
  /** Is told what the controller says of the job's end. */
  readonly end: SlurmEnd;
}

/** The workplace of the run with this environment. It connects to its nodes with the first call. */
export async function openSlurmWorkplace(
  { programInfo, events, signal, log }: ProgramEnv,
  allocation: Allocation,
  { leastNodes, launcher, end }: SlurmWorkplaceOptions,
): Promise<Workplace> {
  const { reach = {} } = launcher;
  const bySrun = reach.transport?.type === "srun";
  for (const { message } of allocation.notes) log(message);
  if (jobHasSlices() && allocation.nodes.length > 1 && !bySrun) log(SLICES_ELSEWHERE);
  const [details, threads] = await Promise.all([
    readJobDetails(allocation, log, signal),
    readThreadsPerCore(allocation, signal),
    end.compareClocks(signal),
  ]);
  if (details !== undefined) end.learn(details);
  const shares = new Map(
    allocation.nodes.map((node) => [
      node.name,
      {
        slurmThreads: threads.get(node.name),
        ...shareOf(node, details, node.name === allocation.head || bySrun),
      },
    ]),
  );
  const oldCode = new OldCodeNews();
  const nodePool = lazyNodePool(
    {
      logDir: programInfo.logDir,
      compileCache: join(programInfo.dataDir, "compile-cache"),
      codeOf: ({ name }) => programCode.of(name),
      onOldCode: oldCode.heard,
      jobCgroups: jobCgroups(allocation, details, process.env),
      log,
      ...silenceOptions(allocation, launcher),
      ...launcherOptionsOf(launcher),
      reach: {
        addressOf: slurmAddresses(allocation.nodes.map(({ name }) => name)),
        ...reach,
        ...transportOf(allocation, details, reach),
      },
      ...(leastNodes === undefined ? {} : { leastNodes }),
      events,
      shareOf: ({ hostname = "" }) => shares.get(hostname),
    },
    allocation.nodes.map((node) => addressOf(node, allocation)),
    signal,
  );
  return lazyWorkplaceOver(nodePool, oldCode, { endTimeMs: end.timeMs ?? null, signal });
}

const addressOf = ({ name }: AllocatedNode, { head }: Allocation): WorkerAddr => ({
  type: name === head ? "LocalHost" : "RemoteAddr",
  hostname: name,
});

function shareOf(
  { name, cpus, gpuIds, memoryMb }: AllocatedNode,
  details: JobDetails | undefined,
  agentIsInJob: boolean,
): NodeShare {
  const known = details?.nodes.find((node) => node.name === name);
  const gpus = known?.gpuIds ?? gpuIds;
  return {
    cpus,
    memoryMb: known?.memoryMb ?? memoryMb,
    cpuPlaces: known?.cpuPlaces,
    gpuIds: agentIsInJob || !jobHasSlices() ? gpus : undefined,
    agentIsInJob,
  };
}

const jobHasSlices = (): boolean => haveSlices(gpuNamesOf(process.env));

/** srun has to be told the component of a heterogeneous job, and what of the job's GPUs is on a node. */
function transportOf(
  { components }: Allocation,
  details: JobDetails | undefined,
  { transport }: ReachOptions,
): Pick<ReachOptions, "transport"> {
  if (transport?.type !== "srun") return {};
  const hetGroupOf = (host: string): number | undefined =>
    components?.find(({ nodes }) => nodes.some(({ name }) => name === host))?.index;
  const gresOf = (host: string): string => details?.nodes.find(({ name }) => name === host)?.gres ?? "none";
  return { transport: { hetGroupOf, gresOf, ...transport } };
}

/** What the environment does not say: which CPUs and GPUs are ours on each node, and how much memory we were given. */
async function readJobDetails(
  allocation: Allocation,
  log: (line: string) => void,
  signal: AbortSignal,
): Promise<JobDetails | undefined> {
  try {
    return await askJobDetails(allocation, { signal });
  } catch (error) {
    signal.throwIfAborted();
    log(
      `It is not known which CPUs and GPUs are job ${allocation.jobId}'s: GPUs of other nodes are not used. ${error instanceof Error ? error.message : String(error)}`,
    );
    return undefined;
  }
}
