/** What a person changes for a retry, as options of sbatch. Pure. */
import { type HoldChanges, megabytesOf, secondsOf, timeText } from "@hyperion-ts/holds";
import type { CallKind } from "../directory/job-record.ts";
import { mergeSbatchOptions, type SbatchOptions } from "../sbatch/sbatch-options.ts";

/** `options` with the changes, which have the form that `readChanges` wants. The CPUs of a function are those of its task. */
export function changedOptions(
  options: SbatchOptions,
  { mem, time, exclude, partition, account, qos, cpus, nodes }: HoldChanges,
  call: CallKind["kind"] = "job",
): SbatchOptions {
  return mergeSbatchOptions(options, {
    ...(mem === undefined ? {} : { mem: { megabytes: megabytesOf(mem) }, memPerCpu: null }),
    ...(time === undefined ? {} : { time: { seconds: secondsOf(time) } }),
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

/** At the commas that are in no brackets. */
const hostlistsOf = (text: string): readonly string[] => text.split(/,(?![^[]*\])/u).filter((each) => each !== "");

function nodesOf(text: string): NonNullable<SbatchOptions["nodes"]> {
  const [min = 1, max] = text.split("-").map(Number);
  return max === undefined ? min : { min, max };
}

/** A time as a person writes it. Slurm counts in minutes. */
export const slurmTimeText = (seconds: number): string => timeText(60 * Math.max(1, Math.floor(seconds / 60)));
