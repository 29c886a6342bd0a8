/**
 * What `scontrol show job --details` says beyond the environment: which CPUs and GPUs of each node are the job's,
 * how much memory, and when it ends. Pure: the caller runs scontrol, with `TZ=UTC` and without SLURM_TIME_FORMAT in its
 * environment: scontrol prints times as its own environment says. (Slurm's src/api/job_info.c, slurm_sprint_job_info)
 */
import { Cursor } from "./cursor.ts";
import { expandHostlist } from "./expand-hostlist.ts";
import { parseGres } from "./node-gres.ts";
import type { NodeName } from "./node-name.ts";
import { parseNumberRanges, writeNumbers } from "./number-ranges.ts";
import type { SlurmJobId } from "./slurm-job-id.ts";

/** The job's part of one node. */
export interface NodeDetails {
  readonly name: NodeName;
  /**
   * Slurm's own numbers of the node's CPUs: places in its order by socket, core and thread, not ids of the kernel. Whole
   * cores: there may be more of them than CPUs that the job may use.
   */
  readonly cpuIds: readonly number[];
  /** The node's own numbers of GPUs, as text: other sources name GPUs (Allocation). */
  readonly gpuIds: readonly string[];
  /** All generic resources as `--gres` takes them, without types: `gpu:2,nvme:1`. Absent where there are none; where components share a node, the first one's. */
  readonly gres?: string | undefined;
  /** Absent where Slurm does not hand out memory (SelectTypeParameters without Memory). */
  readonly memoryMb?: number | undefined;
}

/** What Slurm knows of a job; of a heterogeneous job all components. */
export interface JobDetails {
  /** Of the job itself: `RUNNING`, `COMPLETING`, ... (squeue(1), "JOB STATE CODES"); absent where Slurm does not show the job. */
  readonly state?: string | undefined;
  /** Why it is in this state, as Slurm calls it: `TimeLimit`, `None`, ...; absent where Slurm does not show the job. */
  readonly reason?: string | undefined;
  /** Each node once. */
  readonly nodes: readonly NodeDetails[];
  /** The job's SLUID, or those of all components: names that no other job ever has. Absent where Slurm gives none (before 25.11). */
  readonly sluids?: readonly string[] | undefined;
  /** When Slurm will end the job, in milliseconds since 1970; absent where it has no limit. */
  readonly endTimeMs?: number | undefined;
}

/**
 * Reads what `scontrol show job --details JOBID` prints. Lines that say nothing of nodes or of the end are passed over,
 * and so are other jobs: an array's last task has the array's own id, under which scontrol shows every task.
 *
 * @throws SlurmEnvError `malformed` or `too-many-names` for a list of nodes, CPUs or GPUs that can't be right.
 */
export function parseJobDetails(text: string, jobId: SlurmJobId): JobDetails {
  const records = recordsOf(text, jobId);
  const nodes = new Map<NodeName, NodeDetails>();
  for (const node of records.flatMap(readNodes)) nodes.set(node.name, addShare(nodes.get(node.name), node));
  const sluids = records.flatMap((record) => /\sSLUID=(s[0-9A-Z]{13})\b/.exec(record)?.[1] ?? []);
  const ends = records.flatMap((record) => endTime(record) ?? []);
  const own = records.find((record) => numberIn(record, "JobId") === jobId) ?? "";
  const [, state, reason] = /^\s+JobState=(\w+)(?: Reason=(\S+))?/m.exec(own) ?? [];
  return {
    state,
    reason,
    nodes: [...nodes.values()],
    sluids: sluids.length === 0 ? undefined : sluids,
    endTimeMs: ends.length === 0 ? undefined : Math.min(...ends),
  };
}

/** The job's own record, or those of all components of its heterogeneous job. */
function recordsOf(text: string, jobId: SlurmJobId): readonly string[] {
  const records = text.split(/^(?=JobId=)/m);
  const own = records.filter((record) => numberIn(record, "JobId") === jobId);
  const hetJobId = own.map((record) => numberIn(record, "HetJobId"))[0];
  return hetJobId === undefined ? own : records.filter((record) => numberIn(record, "HetJobId") === hetJobId);
}

/** Before the job's name, which is free text. */
const numberIn = (record: string, key: string): number | undefined => {
  const digits = new RegExp(`(?:^|\\s)${key}=(\\d+)`).exec(record.split(" JobName=", 1)[0] ?? "")?.[1];
  return digits === undefined ? undefined : Number(digits);
};

const readNodes = (record: string): readonly NodeDetails[] =>
  [...record.matchAll(/^\s+Nodes=(\S+) CPU_IDs=(\S*) Mem=(\d*)(.*)$/gm)].flatMap(
    ([, hostlist = "", cpus = "", memory = "", rest = ""]) => {
      const cpuIds = numbers(cpus, "CPU_IDs");
      const gpuIds = [...rest.matchAll(/\bgpu\b[^(,]*\(IDX:([^)]*)\)/g)].flatMap(([, indexes = ""]) =>
        numbers(indexes, "GRES").map(String),
      );
      const memoryMb = Number(memory) || undefined;
      const gres = parseGres(/ GRES=(\S*)/.exec(rest)?.[1] ?? "") || undefined;
      return expandHostlist(hostlist, "Nodes").map((name) => ({ name, cpuIds, gpuIds, gres, memoryMb }));
    },
  );

/** `0-3,8`; an index list may also be `N/A`. */
const numbers = (list: string, variable: string): number[] =>
  /^\d/.test(list) ? writeNumbers(parseNumberRanges(new Cursor({ text: list, variable }))).map(Number) : [];

/** The components of a heterogeneous job may share a node. */
const addShare = (sum: NodeDetails | undefined, share: NodeDetails): NodeDetails => ({
  name: share.name,
  cpuIds: union(sum?.cpuIds, share.cpuIds),
  gpuIds: union(sum?.gpuIds, share.gpuIds),
  gres: sum === undefined ? share.gres : sum.gres,
  memoryMb: sum === undefined ? share.memoryMb : addKnown(sum.memoryMb, share.memoryMb),
});

const union = <Id extends number | string>(a: readonly Id[] = [], b: readonly Id[]): Id[] =>
  [...new Set([...a, ...b])].sort((x, y) => Number(x) - Number(y));

const addKnown = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined || b === undefined ? undefined : a + b;

/** As scontrol prints it where its time zone is UTC; `Unknown` without a limit. */
function endTime(record: string): number | undefined {
  const time = /^\s+(?:StartTime=\S+ )?EndTime=(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)/m.exec(record)?.[1];
  return time === undefined ? undefined : Date.parse(`${time}Z`);
}
