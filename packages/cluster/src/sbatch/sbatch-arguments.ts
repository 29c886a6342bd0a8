/**
 * Options as arguments of sbatch. Each is one argument, `--name=value`: so no value, whatever it begins with, is taken for
 * another option, or for the script. Pure.
 */
import { slurmTime } from "./job-time.ts";
import { slurmMemory } from "./memory-size.ts";
import type { GpuCount, SbatchOptions } from "./sbatch-options.ts";

/** The arguments for options that are checked and have their defaults; those of `further` come last. */
export const sbatchArguments = (options: SbatchOptions): readonly string[] =>
  OPTION_NAMES.flatMap((name) => argumentsOf(name, options));

function argumentsOf<K extends keyof SbatchOptions>(name: K, options: SbatchOptions): readonly string[] {
  const write: Write<K> = WRITTEN[name];
  const value: SbatchOptions[K] = options[name];
  return isGiven(value) ? write(value) : [];
}

const isGiven = <A>(value: A): value is NonNullable<A> => value !== null && value !== undefined;

type Write<K extends keyof SbatchOptions> = (value: NonNullable<SbatchOptions[K]>) => readonly string[];

type Written = { readonly [K in keyof Required<SbatchOptions>]: Write<K> };

const argument =
  (name: string) =>
  (value: string | number): readonly string[] => [`--${name}=${value}`];

/** An empty list asks for nothing. */
const list =
  (name: string) =>
  (values: string | readonly string[]): readonly string[] =>
    values.length === 0 ? [] : [`--${name}=${typeof values === "string" ? values : values.join(",")}`];

const gpus =
  (name: string) =>
  (count: number | GpuCount): readonly string[] => [`--${name}=${gpuText(count)}`];

function gpuText(count: number | GpuCount): string {
  if (typeof count === "number") return String(count);
  return count.type === undefined ? String(count.count) : `${count.type}:${count.count}`;
}

const WRITTEN: Written = {
  chdir: argument("chdir"),
  nodes: (nodes) => [`--nodes=${typeof nodes === "number" ? nodes : `${nodes.min}-${nodes.max}`}`],
  nTasksPerNode: argument("ntasks-per-node"),
  cpusPerTask: argument("cpus-per-task"),
  time: (time) => [`--time=${time === "unlimited" ? "UNLIMITED" : slurmTime(time)}`],
  mem: (size) => [`--mem=${size === "all" ? "0" : slurmMemory(size)}`],
  memPerCpu: (size) => [`--mem-per-cpu=${slurmMemory(size)}`],
  gpus: gpus("gpus"),
  gpusPerNode: gpus("gpus-per-node"),
  gres: list("gres"),
  partition: list("partition"),
  constraint: argument("constraint"),
  account: argument("account"),
  qos: argument("qos"),
  reservation: list("reservation"),
  nodelist: list("nodelist"),
  exclude: list("exclude"),
  exclusive: (shared) => (shared === false ? [] : [shared === true ? "--exclusive" : `--exclusive=${shared}`]),
  dependency: argument("dependency"),
  licenses: list("licenses"),
  comment: argument("comment"),
  mailType: list("mail-type"),
  mailUser: argument("mail-user"),
  noRequeue: (no) => [no ? "--no-requeue" : "--requeue"],
  signal: ({ name, secondsBefore }) => [`--signal=B:${name}@${secondsBefore}`],
  scriptPreamble: () => [],
  further: (arguments_) => arguments_,
};

const isOption = (name: string): name is keyof SbatchOptions => Object.hasOwn(WRITTEN, name);

const OPTION_NAMES: readonly (keyof SbatchOptions)[] = Object.keys(WRITTEN).filter(isOption);
