/**
 * What `scontrol show job --details` says beyond the environment: which CPUs and GPUs of each node are the job's, and
 * when it ends. Pure: the caller runs scontrol. (Slurm's src/api/job_info.c, slurm_sprint_job_info)
 */
import { Cursor } from "./cursor.ts";
import { expandHostlist } from "./expand-hostlist.ts";
import type { NodeName } from "./node-name.ts";
import { parseNumberRanges, writeNumbers } from "./number-ranges.ts";

/** The job's part of one node. */
export interface NodeDetails {
  readonly name: NodeName;
  /** Slurm's own numbers of the node's CPUs: places in its order by socket, core and thread, not ids of the kernel. */
  readonly cpuIds: readonly number[];
  /** The node's own numbers of GPUs. */
  readonly gpuIds: readonly number[];
}

/** What Slurm knows of a job; of a heterogeneous job all components. */
export interface JobDetails {
  /** Each node once. */
  readonly nodes: readonly NodeDetails[];
  /** When Slurm will end the job, in milliseconds since 1970. */
  readonly endTimeMs?: number | undefined;
}

/**
 * Reads what `scontrol show job --details JOBID` prints. Lines that say nothing of nodes or of the end are passed over.
 *
 * @throws SlurmEnvError `malformed` or `too-many-names` for a list of nodes, CPUs or GPUs that can't be right.
 */
export function parseJobDetails(text: string): JobDetails {
  const nodes = new Map<NodeName, NodeDetails>();
  for (const [, hostlist = "", cpus = "", rest = ""] of text.matchAll(/^\s+Nodes=(\S+) CPU_IDs=(\S*) Mem=\d*\S*(.*)$/gm)) {
    const cpuIds = numbers(cpus, "CPU_IDs");
    const gpuIds = [...rest.matchAll(/\bgpu\b[^(,]*\(IDX:([^)]*)\)/g)].flatMap(([, indexes = ""]) => numbers(indexes, "GRES"));
    for (const name of expandHostlist(hostlist, "Nodes")) {
      const known = nodes.get(name);
      nodes.set(name, { name, cpuIds: union(known?.cpuIds, cpuIds), gpuIds: union(known?.gpuIds, gpuIds) });
    }
  }
  return { nodes: [...nodes.values()], endTimeMs: endTime(text) };
}

/** `0-3,8`; an index list may also be `N/A`. */
const numbers = (list: string, variable: string): number[] => (/^\d/.test(list) ? writeNumbers(parseNumberRanges(new Cursor({ text: list, variable }))).map(Number) : []);

/** The components of a heterogeneous job may share a node. */
const union = (a: readonly number[] = [], b: readonly number[]): number[] => [...new Set([...a, ...b])].sort((x, y) => x - y);

/** In the time zone of this process, as scontrol prints it. */
function endTime(text: string): number | undefined {
  const time = /\bEndTime=(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)/.exec(text)?.[1];
  return time === undefined ? undefined : new Date(time).getTime();
}
