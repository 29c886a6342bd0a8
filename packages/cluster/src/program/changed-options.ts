/** What a person changes for a retry, as options of sbatch. Pure. */
import type { HoldChanges } from "@hyperion-ts/holds";
import type { CallKind } from "../directory/job-record.ts";
import type { JobTime } from "../sbatch/job-time.ts";
import type { MemorySize } from "../sbatch/memory-size.ts";
import { mergeSbatchOptions, type SbatchOptions } from "../sbatch/sbatch-options.ts";

/** `options` with the changes, which have the form that `readChanges` wants. The CPUs of a function are those of its task. */
export function changedOptions(
  options: SbatchOptions,
  { mem, time, exclude, partition, account, qos, cpus, nodes }: HoldChanges,
  call: CallKind["kind"] = "job",
): SbatchOptions {
  return mergeSbatchOptions(options, {
    ...(mem === undefined ? {} : { mem: memoryOf(mem), memPerCpu: null }),
    ...(time === undefined ? {} : { time: timeOf(time) }),
    ...(exclude === undefined ? {} : { exclude: [...(options.exclude ?? []), ...hostlistsOf(exclude)] }),
    ...(partition === undefined ? {} : { partition: partition.split(",") }),
    ...(account === undefined ? {} : { account }),
    ...(qos === undefined ? {} : { qos }),
    ...(cpus === undefined ? {} : cpusOf(Number(cpus), call)),
    ...(nodes === undefined ? {} : { nodes: nodesOf(nodes) }),
  });
}

const cpusOf = (cpus: number, call: CallKind["kind"]): SbatchOptions =>
  call === "job" ? { nTasksPerNode: cpus, cpusPerTask: null } : { nTasksPerNode: 1, cpusPerTask: cpus };

const MEGABYTES: Readonly<Record<string, number>> = { K: 1 / 1_024, M: 1, G: 1_024, T: 1_048_576 };

/** `16G`; without a unit in megabytes, as sbatch takes it. */
function memoryOf(text: string): MemorySize {
  const [, amount = "", unit = ""] = /^([\d.]+)([KMGT]?)$/iu.exec(text) ?? [];
  return { megabytes: Math.ceil(Number(amount) * (MEGABYTES[unit.toUpperCase()] ?? 1)) };
}

/** As sbatch reads it: minutes, minutes:seconds, hours:minutes:seconds, and days before any of hours, minutes, seconds. */
function timeOf(text: string): JobTime {
  const [days, clock] = text.includes("-") ? text.split("-") : [undefined, text];
  const [first = 0, second = 0, third = 0] = (clock ?? "").split(":").map(Number);
  if (days !== undefined) return { days: Number(days), hours: first, minutes: second, seconds: third };
  return (clock ?? "").split(":").length === 3
    ? { hours: first, minutes: second, seconds: third }
    : { minutes: first, seconds: second };
}

/** At the commas that are in no brackets. */
const hostlistsOf = (text: string): readonly string[] => text.split(/,(?![^[]*\])/u).filter((each) => each !== "");

function nodesOf(text: string): NonNullable<SbatchOptions["nodes"]> {
  const [min = 1, max] = text.split("-").map(Number);
  return max === undefined ? min : { min, max };
}

/** As a person writes it: `16G`, `500M`. */
export const memoryText = (megabytes: number): string =>
  megabytes % 1_024 === 0 ? `${megabytes / 1_024}G` : `${Math.floor(megabytes)}M`;

/** As a person writes it: `4:00:00`, `2-12:00:00`. Slurm counts in minutes. */
export function timeText(seconds: number): string {
  const minutes = Math.max(1, Math.floor(seconds / 60));
  const days = Math.floor(minutes / 1_440);
  const hours = Math.floor(minutes / 60) - (days > 1 ? days * 24 : 0);
  const two = (part: number): string => String(part).padStart(2, "0");
  return days > 1 ? `${days}-${two(hours)}:${two(minutes % 60)}:00` : `${hours}:${two(minutes % 60)}:00`;
}
