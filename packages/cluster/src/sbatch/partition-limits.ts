/**
 * What a partition can give at most, compared with what a job asks for. Most sites take a job that can never run, and it
 * waits for ever (EnforcePartLimits in slurm.conf): both numbers are told before. Only told, because a QOS may have other
 * limits. (scontrol(1), `show partition`)
 */
import type { askSlurm } from "@hyperion-ts/slurm-env/commands";
import { jobSeconds } from "./job-time.ts";
import { memoryMegabytes } from "./memory-size.ts";
import { NODE_SIZES_QUESTION, type NodeSize, type PartitionNodes, parseNodeSizes } from "./node-sizes.ts";
import type { SbatchOptions } from "./sbatch-options.ts";

/** The limits of a partition; Infinity where it has none. */
export interface PartitionLimit extends PartitionNodes {
  /** Whether jobs that name no partition go there. */
  readonly isDefault: boolean;
  readonly maxNodes: number;
  readonly maxCpus: number;
  readonly maxCpusPerNode: number;
  readonly maxSeconds: number;
  readonly maxMegabytesPerNode: number;
  /** What a job gets that asks for none. */
  readonly defaultMegabytesPerNode: number;
  readonly defaultMegabytesPerCpu: number;
}

/** A partition is asked for seldom: no site changes it often. */
const FRESH_MS = 600_000;

/** Nobody waits longer for what is only a help. */
const TIME_LIMIT_MS = 10_000;

/** The partitions of the cluster, asked for when they are needed: one for all submissions of a program. */
export class ClusterPartitions {
  readonly #ask: typeof askSlurm;
  #asked: Promise<readonly PartitionLimit[]> | undefined;
  #askedAtMs = 0;

  /** @param ask asks the cluster */
  constructor(ask: typeof askSlurm) {
    this.#ask = ask;
  }

  /** The partitions; none where Slurm does not answer. Never rejects. */
  async list(): Promise<readonly PartitionLimit[]> {
    if (this.#asked === undefined || performance.now() - this.#askedAtMs > FRESH_MS) {
      this.#askedAtMs = performance.now();
      this.#asked = askPartitions(this.#ask);
    }
    const partitions = await this.#asked;
    if (partitions.length === 0) this.#asked = undefined;
    return partitions;
  }
}

async function askPartitions(ask: typeof askSlurm): Promise<readonly PartitionLimit[]> {
  const [partitions, sizes] = await Promise.all(
    [PARTITIONS_QUESTION, NODE_SIZES_QUESTION].map((argv) => ask(argv, { timeLimitMs: TIME_LIMIT_MS })),
  );
  if (partitions?.code !== 0) return [];
  return parsePartitions(partitions.stdout, sizes?.code === 0 ? parseNodeSizes(sizes.stdout) : undefined);
}

const PARTITIONS_QUESTION = ["scontrol", "show", "partition", "--all", "--oneliner"] as const;

/** What `scontrol show partition --oneliner` prints, with the sizes of its nodes where they are known. */
export const parsePartitions = (
  text: string,
  sizes: ReadonlyMap<string, readonly NodeSize[]> = new Map(),
): readonly PartitionLimit[] =>
  text.split("\n").flatMap((line) => {
    const fields = new Map(line.split(" ").map((field) => cutAt(field, "=")));
    const name = fields.get("PartitionName");
    if (name === undefined) return [];
    const number = (key: string): number => (/^\d+$/.test(fields.get(key) ?? "") ? Number(fields.get(key)) : Infinity);
    return [
      {
        name,
        isDefault: fields.get("Default") === "YES",
        totalNodes: number("TotalNodes"),
        sizes: sizes.get(name) ?? [],
        maxNodes: Math.min(number("MaxNodes"), number("TotalNodes")),
        maxCpus: number("TotalCPUs"),
        maxCpusPerNode: number("MaxCPUsPerNode"),
        maxSeconds: secondsOf(fields.get("MaxTime") ?? ""),
        maxMegabytesPerNode: number("MaxMemPerNode"),
        defaultMegabytesPerNode: number("DefMemPerNode"),
        defaultMegabytesPerCpu: number("DefMemPerCPU"),
      },
    ];
  });

const cutAt = (text: string, mark: string): readonly [string, string] => {
  const at = text.indexOf(mark);
  return at === -1 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
};

/** `D-HH:MM:SS` or `HH:MM:SS`; else there is no limit. */
function secondsOf(time: string): number {
  const match = /^(?:(\d+)-)?(\d\d):(\d\d):(\d\d)$/.exec(time);
  if (match === null) return Infinity;
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = match.slice(1).map((digits) => Number(digits || 0));
  return jobSeconds({ days, hours, minutes, seconds });
}

/**
 * Why a job can't run in any of the partitions that it may go to: a sentence with both numbers, or undefined where it may.
 * `ownDefault`: what SBATCH_PARTITION says.
 */
export function neverRuns(
  options: SbatchOptions,
  partitions: readonly PartitionLimit[],
  ownDefault?: string,
): string | undefined {
  const obstacles = candidatesOf(options, partitions, ownDefault).map((each) => obstacleIn(each, options));
  if (obstacles.length === 0 || obstacles.includes(undefined)) return undefined;
  return `This job can never run, unless a QOS allows more: ${obstacles.join("; ")}.`;
}

/**
 * The partitions whose nodes a job may get: those that are named. Where none is, a rule of the site's may choose any other than
 * Slurm's default.
 */
export const possiblePartitions = (
  options: SbatchOptions,
  partitions: readonly PartitionLimit[],
  ownDefault?: string,
): readonly PartitionLimit[] =>
  (options.partition ?? ownDefault) === undefined ? partitions : candidatesOf(options, partitions, ownDefault);

/** The partitions that a job goes to, if no rule of the site's changes that. */
export function candidatesOf(
  options: SbatchOptions,
  partitions: readonly PartitionLimit[],
  ownDefault: string | undefined,
): readonly PartitionLimit[] {
  const { partition = ownDefault } = options;
  const names = partition === null ? ownDefault : partition;
  const wanted = typeof names === "string" ? names.split(",") : names;
  return partitions.filter(({ name, isDefault }) => wanted?.includes(name) ?? isDefault);
}

/** How many nodes a job needs not have of those that it may go to; Infinity where they are not known. */
export function sparableNodes(
  options: SbatchOptions,
  partitions: readonly PartitionLimit[],
  ownDefault?: string,
): number {
  const candidates = candidatesOf(options, partitions, ownDefault);
  if (candidates.length === 0) return Infinity;
  return Math.max(0, ...candidates.map(({ totalNodes }) => totalNodes - leastNodes(options)));
}

const leastNodes = ({ nodes }: SbatchOptions): number => (typeof nodes === "number" ? nodes : nodes?.min) ?? 1;

function obstacleIn(partition: PartitionLimit, options: SbatchOptions): string | undefined {
  const { nTasksPerNode, cpusPerTask, time, mem } = options;
  const nodeCount = leastNodes(options);
  const cpus = (nTasksPerNode ?? 1) * (cpusPerTask ?? 1);
  const seconds = typeof time === "object" && time !== null ? jobSeconds(time) : 0;
  const megabytes = typeof mem === "object" && mem !== null ? memoryMegabytes(mem) : 0;
  const asked: readonly (readonly [what: string, wanted: number, most: number])[] = [
    ["nodes", nodeCount, partition.maxNodes],
    ["CPUs on each node", cpus, partition.maxCpusPerNode],
    ["CPUs", cpus * nodeCount, partition.maxCpus],
    ["minutes", Math.ceil(seconds / 60), partition.maxSeconds / 60],
    ["MB of memory on each node", megabytes, partition.maxMegabytesPerNode],
  ];
  const [what, wanted, most] = asked.find(([, wanted, most]) => wanted > most) ?? [];
  return what === undefined
    ? undefined
    : `it asks for ${wanted} ${what}, and the partition ${partition.name} gives ${most} at most`;
}
