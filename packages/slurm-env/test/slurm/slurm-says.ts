/**
 * What Slurm says of a job's nodes, read from a recording in the plainest way, with the names that Slurm itself made of
 * hostlists. Shares no code with what it is compared to.
 */
import type { Recording } from "./recordings.ts";

/** A node of a job, or of a component. */
export interface SlurmNode {
  readonly name: string;
  readonly cpuPlaces: readonly number[];
  readonly gpuIds: readonly string[];
  /** 0 where Slurm does not hand out memory. */
  readonly memoryMb: number;
}

/** A job, with all of its components. */
export interface SlurmJob {
  /** In Slurm's order. */
  readonly names: readonly string[];
  readonly nodes: readonly SlurmNode[];
  readonly numCpus: number;
  readonly partition: string;
  readonly arrayTaskId: string | undefined;
  readonly exclusive: boolean;
  /** Whether it uses one thread of each core only. */
  readonly singleThread: boolean;
}

export function slurmSays({ env, details, hostnames }: Recording): SlurmJob {
  const records = details.split("\n\n").map((text) => ({ text, fields: fieldsOf(text) }));
  const own = records.find(({ fields }) => fields.get("JobId") === env["SLURM_JOB_ID"]);
  if (own === undefined) throw new Error(`Slurm does not know job ${env["SLURM_JOB_ID"]}`);
  const het = own.fields.get("HetJobId");
  const components = het === undefined ? [own] : records.filter(({ fields }) => fields.get("HetJobId") === het);
  const names = (list = ""): readonly string[] => hostnames.get(list) ?? [];
  const lines = components.flatMap(({ text }) => text.split("\n").filter((line) => line.trim().startsWith("Nodes=")));
  return {
    names: components.flatMap(({ fields }) => names(fields.get("NodeList"))),
    nodes: lines.map(fieldsOf).flatMap((line) => names(line.get("Nodes")).map((name) => nodeOf(name, line))),
    numCpus: components.reduce((sum, { fields }) => sum + Number(fields.get("NumCPUs")), 0),
    partition: own.fields.get("Partition") ?? "",
    arrayTaskId: own.fields.get("ArrayTaskId"),
    exclusive: own.fields.get("OverSubscribe") === "NO",
    singleThread: own.fields.get("ReqB:S:C:T")?.endsWith(":1") === true,
  };
}

/** `Key=value`, separated by white space; the first of a key counts. */
const fieldsOf = (text: string): ReadonlyMap<string, string> =>
  new Map(
    text
      .split(/\s+/)
      .map((field): [string, string] => [field.slice(0, field.indexOf("=")), field.slice(field.indexOf("=") + 1)])
      .toReversed(),
  );

function nodeOf(name: string, line: ReadonlyMap<string, string>): SlurmNode {
  const gpus = line.get("GRES")?.split("IDX:").slice(1) ?? [];
  return {
    name,
    cpuPlaces: numbersOf(line.get("CPU_IDs") ?? ""),
    gpuIds: gpus.flatMap((indexes) => numbersOf(indexes.split(")", 1)[0] ?? "")).map(String),
    memoryMb: Number(line.get("Mem")),
  };
}

const numbersOf = (list: string): readonly number[] =>
  list.split(",").flatMap((range) => {
    const [low = Number.NaN, high = low] = range
      .split("-")
      .map((digits) => (digits === "" ? Number.NaN : Number(digits)));
    return Number.isNaN(low) ? [] : Array.from({ length: high - low + 1 }, (_, i) => low + i);
  });
