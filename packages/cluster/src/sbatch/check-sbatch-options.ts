/** What options of a job may be, checked where they are written. Pure. */
import {
  checkOptions,
  fields,
  flag,
  listOf,
  nonEmpty,
  nullOr,
  oneOf,
  type Rule,
  type Rules,
  showValue,
  whole,
} from "@hyperion-ts/bounds";
import { expandHostlist, SlurmEnvError } from "@hyperion-ts/slurm-env";
import { jobTime } from "./job-time.ts";
import { memorySize } from "./memory-size.ts";
import { type EarlySignal, type GpuCount, MAIL_TYPES, type NodeRange, type SbatchOptions } from "./sbatch-options.ts";

/** Slurm counts nodes and CPUs in 32 bits at most, and none has more than these. */
const MOST_NODES = 65_533;
const MOST_CPUS = 65_533;

/** One line of text: what an option that Slurm prints in lists can hold. */
const line: Rule = (value, name) => {
  nonEmpty(value, name);
  refuse(value, name, /[\r\n]/, "one line");
};

/** One member of a list that Slurm splits at commas. */
const member: Rule = (value, name) => {
  line(value, name);
  refuse(value, name, /,/, "one name, without a comma: give several as an array");
};

const members = listOf(member);

function refuse(value: unknown, name: string, wrong: RegExp, allowed: string): void {
  if (typeof value === "string" && wrong.test(value))
    throw new RangeError(`${name} must be ${allowed}, not ${showValue(value)}`);
}

/** One of two shapes: `first` where `isFirst` says so. */
const either =
  (isFirst: (value: unknown) => boolean, first: Rule, second: Rule): Rule =>
  (value, name) =>
    (isFirst(value) ? first : second)(value, name);

/** One word, or what `rule` allows: a mistaken text is told of that, which is what people mean to write. */
const wordOr =
  (word: string, rule: Rule): Rule =>
  (value, name) => {
    if (value !== word) rule(value, name);
  };

const isObject = (value: unknown): boolean => typeof value === "object";
const isText = (value: unknown): boolean => typeof value === "string";

/** An object of which every field must be there, but for one. */
const complete =
  <O extends object>(rules: Rules<O>, optional?: keyof O): Rule =>
  (value, name) => {
    fields<O>(rules)(value, name);
    const given = fieldsOf(value);
    for (const [field, rule] of Object.entries<Rule>(rules))
      if (field !== optional || given.get(field) !== undefined) rule(given.get(field), `${name}.${field}`);
  };

const fieldsOf = (value: unknown): ReadonlyMap<string, unknown> => new Map(Object.entries(Object(value)));

const range: Rule = (value, name) => {
  complete<NodeRange>({ min: whole(1, MOST_NODES), max: whole(1, MOST_NODES) })(value, name);
  const given = fieldsOf(value);
  if (Number(given.get("min")) > Number(given.get("max")))
    throw new RangeError(`${name} must be { min, max } with min not above max, not ${JSON.stringify(value)}`);
};

const gpuType: Rule = (value, name) => {
  member(value, name);
  refuse(value, name, /[:=\s]/, 'the name of a type, such as "a100"');
};

const gpuCount = complete<GpuCount>({ type: gpuType, count: whole(1, MOST_CPUS) }, "type");

const signal = complete<EarlySignal>({
  name: oneOf("USR2", "TERM"),
  secondsBefore: whole(0, 65_535, "seconds"),
});

const absolutePath: Rule = (value, name) => {
  nonEmpty(value, name);
  if (typeof value === "string" && !value.startsWith("/"))
    throw new RangeError(`${name} must be an absolute path, not ${showValue(value)}`);
};

const hostlist: Rule = (value, name) => {
  line(value, name);
  try {
    expandHostlist(String(value));
  } catch (error) {
    if (error instanceof SlurmEnvError) throw new RangeError(`${name}: ${error.message}`, { cause: error });
    throw error;
  }
};

/** Lines of sh. sbatch reads options in comments before the first command, and refuses line ends of DOS. */
const preamble: Rule = (value, name) => {
  nonEmpty(value, name);
  refuse(value, name, /\r/, "lines that end with a line feed, without carriage returns");
  refuse(
    value,
    name,
    /^#(?:SBATCH|PBS|BSUB)\b/m,
    "commands of sh: an option of sbatch has a name of its own here, or goes into `further`",
  );
};

/** Options that would take from us what we need. sbatch takes any beginning of a name that is no other's. */
const NOT_FURTHER: readonly (readonly [option: string, why: string])[] = [
  ["array", "would start the same job several times"],
  ["clusters", "is chosen by the variable SLURM_CLUSTERS, for all jobs of a program"],
  ["export", "the job's variables are made by the program that submits it"],
  ["export-file", "the job's variables are made by the program that submits it"],
  ["get-user-env", "the node would wait for a login shell"],
  ["help", "submits nothing"],
  ["job-name", "a job is found again by the name that it is given"],
  ["open-mode", "the output of a job that is started again must stay"],
  ["output", "the job directory has the job's output"],
  ["parsable", "is always given"],
  ["quiet", "keeps the job's number back"],
  ["test-only", "submits nothing: see dryRun"],
  ["usage", "submits nothing"],
  ["version", "submits nothing"],
  ["wait", "waits for the job's end"],
  ["wrap", "takes the place of the job's script"],
];

const further: Rule = (value, name) => {
  nonEmpty(value, name);
  const [, option] = /^--([a-z][a-z-]*)(?:=|$)/.exec(String(value)) ?? [];
  if (option === undefined)
    throw new RangeError(
      `${name} must be one option of sbatch in its long form, "--name" or "--name=value", not ${showValue(value)}`,
    );
  const [taken, why] = NOT_FURTHER.find(([other]) => other.startsWith(option)) ?? [];
  if (taken !== undefined) throw new RangeError(`${name} can't be ${showValue(value)}: --${taken} ${why}`);
};

const rules: Rules<SbatchOptions> = {
  chdir: nullOr(absolutePath),
  nodes: nullOr(either(isObject, range, whole(1, MOST_NODES))),
  nTasksPerNode: nullOr(whole(1, MOST_CPUS)),
  cpusPerTask: nullOr(whole(1, MOST_CPUS)),
  time: nullOr(wordOr("unlimited", jobTime)),
  mem: nullOr(wordOr("all", memorySize)),
  memPerCpu: nullOr(memorySize),
  gpus: nullOr(either(isObject, gpuCount, whole(1, MOST_CPUS))),
  gpusPerNode: nullOr(either(isObject, gpuCount, whole(1, MOST_CPUS))),
  gres: nullOr(members),
  partition: nullOr(either(isText, member, members)),
  constraint: nullOr(line),
  account: nullOr(member),
  qos: nullOr(member),
  reservation: nullOr(either(isText, member, members)),
  nodelist: nullOr(listOf(hostlist)),
  exclude: nullOr(listOf(hostlist)),
  exclusive: nullOr(either(isText, oneOf("user"), flag)),
  dependency: nullOr(line),
  licenses: nullOr(members),
  comment: nullOr(nonEmpty),
  mailType: nullOr(listOf(oneOf(...MAIL_TYPES))),
  mailUser: nullOr(member),
  noRequeue: nullOr(flag),
  signal: nullOr(signal),
  scriptPreamble: nullOr(preamble),
  further: nullOr(listOf(further)),
};

/**
 * Checks the options that the function `place` was given.
 *
 * @throws TypeError for an option that there is not, with the nearest name that there is, and for a value of another type;
 *   RangeError for a value beyond its bounds, and for two options that exclude each other
 */
export function checkSbatchOptions(place: string, options: SbatchOptions): void {
  checkOptions(place, options, rules);
  const { mem, memPerCpu } = options;
  if ((mem ?? null) !== null && (memPerCpu ?? null) !== null)
    throw new RangeError(
      `${place}: mem and memPerCpu exclude each other: sbatch takes one of them. Set the other one to null`,
    );
}
