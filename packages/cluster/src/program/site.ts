/** What is known of a site, for who says what would help there. */
import { userInfo } from "node:os";
import { askSlurm } from "@hyperion-ts/slurm-env/commands";
import { memoryMegabytes } from "../sbatch/memory-size.ts";
import type { PartitionLimit } from "../sbatch/partition-limits.ts";
import type { SbatchOptions } from "../sbatch/sbatch-options.ts";

/** What is known of the site. */
export interface Site {
  /** None where Slurm does not tell. */
  readonly partitions: readonly PartitionLimit[];
  /** What SBATCH_PARTITION says. */
  readonly ownPartition: string | undefined;
  /** Accounts and QOS of this person; none where nobody tells. */
  readonly accounts: readonly string[];
  readonly qos: readonly string[];
}

/** What a job asks for in megabytes on each node; Infinity: all that there is. */
export function askedMegabytes({ mem, memPerCpu, nTasksPerNode, cpusPerTask }: SbatchOptions, site: Site): number {
  const cpus = (nTasksPerNode ?? 1) * (cpusPerTask ?? 1);
  if (mem === "all") return Infinity;
  if (mem !== null && mem !== undefined) return memoryMegabytes(mem);
  if (memPerCpu !== null && memPerCpu !== undefined) return memoryMegabytes(memPerCpu) * cpus;
  const { defaultMegabytesPerNode, defaultMegabytesPerCpu } =
    site.partitions.find(({ isDefault }) => isDefault) ?? NO_DEFAULTS;
  return Math.min(defaultMegabytesPerNode, defaultMegabytesPerCpu * cpus);
}

const NO_DEFAULTS = { defaultMegabytesPerNode: Infinity, defaultMegabytesPerCpu: Infinity };

/** The largest share of a node that a partition gives. */
export const mostMegabytes = ({ sizes, maxMegabytesPerNode }: PartitionLimit): number =>
  Math.min(maxMegabytesPerNode, sizes.length === 0 ? Infinity : Math.max(...sizes.map(({ megabytes }) => megabytes)));

/** Nobody waits longer for what is only a help. */
const TIME_LIMIT_MS = 10_000;

/** The accounts and QOS that this person has, by the accounting: those that are used by default come first. Never rejects. (sacctmgr(1)) */
export async function askAssociations(): Promise<Pick<Site, "accounts" | "qos">> {
  const { username } = userInfo();
  const fields = "format=DefaultAccount,Account,DefaultQOS,QOS";
  const question = ["sacctmgr", "--noheader", "--parsable2", "show", "user", username, "withassoc", fields];
  const { code, stdout } = await askSlurm(question, { timeLimitMs: TIME_LIMIT_MS });
  return code === 0 ? parseAssociations(stdout) : { accounts: [], qos: [] };
}

/** What it prints: a line for each association. */
export function parseAssociations(text: string): Pick<Site, "accounts" | "qos"> {
  const rows = text.split("\n").map((line) => line.trim().split("|"));
  const named = (...columns: readonly number[]): readonly string[] => [
    ...new Set(
      columns.flatMap((column) => rows.flatMap((row) => (row[column] ?? "").split(","))).filter((name) => name !== ""),
    ),
  ];
  return { accounts: named(0, 1), qos: named(2, 3) };
}
