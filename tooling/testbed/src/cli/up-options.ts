/** The options of `testbed up`, as text. Pure. */
import type { AccountingLimits } from "../accounting-options.ts";
import type { CpuSpec, NodeSpec, PartitionSpec, Share, TestbedOptions, UserSpec } from "../options.ts";
import { isRelease, RELEASES } from "../release.ts";
import type { Release } from "../release.ts";
import { TestbedError } from "../testbed-error.ts";

/** For `parseArgs`: what makes a list may be given several times. */
export const UP_FLAGS = {
  node: { type: "string", multiple: true },
  partition: { type: "string", multiple: true },
  user: { type: "string", multiple: true },
  sshd: { type: "string", multiple: true },
  slurm: { type: "string", multiple: true },
  share: { type: "string", multiple: true },
  "login-prints": { type: "string" },
  release: { type: "string" },
  "sbatch-latency": { type: "string" },
  cgroups: { type: "boolean" },
  accounting: { type: "boolean" },
  limit: { type: "string", multiple: true },
} as const;

/** What `parseArgs` makes of them. */
export type UpValues = { readonly [Flag in keyof typeof UP_FLAGS]?: ValueOf<(typeof UP_FLAGS)[Flag]> | undefined };

type ValueOf<Flag> = Flag extends { readonly multiple: true }
  ? string[]
  : Flag extends { readonly type: "boolean" }
    ? boolean
    : string;

/**
 * The options of `up` as those of a testbed.
 *
 * @throws TestbedError `bad-options` when one has another form than expected: with that form
 */
export function parseUpOptions(values: UpValues): TestbedOptions {
  const prints = values["login-prints"];
  const users =
    values.user?.map(parseUser) ?? (prints === undefined ? undefined : [{ name: "alice" }, { name: "bob" }]);
  return {
    ...(values.node && { nodes: values.node.map(parseNode) }),
    ...(values.partition && { partitions: values.partition.map(parsePartition) }),
    ...(users && { users: users.map((user) => (prints === undefined ? user : { ...user, loginPrints: prints })) }),
    ...(values.sshd && { sshd: parseSettings("--sshd", values.sshd) }),
    ...(values.slurm && { slurm: parseSettings("--slurm", values.slurm) }),
    ...accountingOf(values),
    ...(values.cgroups !== undefined && { cgroups: values.cgroups }),
    ...(values.share && { share: values.share.map(parseShare) }),
    ...(values["sbatch-latency"] !== undefined && { sbatchLatencyMs: Number(values["sbatch-latency"]) }),
    ...(values.release !== undefined && { release: parseRelease(values.release) }),
  };
}

/** A limit is no limit without accounting. */
function accountingOf({ accounting, limit }: UpValues): Pick<TestbedOptions, "accounting"> {
  if (limit === undefined) return accounting === undefined ? {} : { accounting };
  return { accounting: { limits: Object.assign({}, ...limit.map(parseLimit)) } };
}

function parseLimit(text: string): AccountingLimits {
  const [, name = "", value = ""] = /^([A-Za-z]+)=(.+)$/.exec(text) ?? [];
  if (isCount(name) && /^\d+$/.test(value)) return { [name]: Number(value) };
  if (isTres(name) && value !== "") return { [name]: value };
  throw unreadable("--limit", text, `NAME=VALUE, where NAME is one of ${[...COUNT_LIMITS, ...TRES_LIMITS].join(", ")}`);
}

const COUNT_LIMITS = ["maxSubmitJobs", "maxJobs", "maxWallMinutes"] as const;
const TRES_LIMITS = ["maxTresPerJob", "grpTres"] as const;
const isCount = (name: string): name is (typeof COUNT_LIMITS)[number] => COUNT_LIMITS.some((known) => known === name);
const isTres = (name: string): name is (typeof TRES_LIMITS)[number] => TRES_LIMITS.some((known) => known === name);

function parseNode(text: string): NodeSpec {
  const match = /^([^:]+):(\d+)(?:x(\d+)x(\d+))?((?:,(?:gpus|mem)=\d+)*)$/.exec(text);
  if (match === null)
    throw unreadable("--node", text, "NAME:CPUS or NAME:SOCKETSxCORESxTHREADS, then perhaps ,gpus=N and ,mem=MB");
  const [, name = "", first, cores, threads, extras = ""] = match;
  const extra = (key: string): number | undefined =>
    extras.includes(`,${key}=`) ? Number(new RegExp(`,${key}=(\\d+)`).exec(extras)?.[1]) : undefined;
  const [gpus, memoryMb] = [extra("gpus"), extra("mem")];
  const cpus: CpuSpec =
    cores === undefined
      ? { cpus: Number(first) }
      : { sockets: Number(first), coresPerSocket: Number(cores), threadsPerCore: Number(threads) };
  return { name, ...cpus, ...(gpus !== undefined && { gpus }), ...(memoryMb !== undefined && { memoryMb }) };
}

function parsePartition(text: string): PartitionSpec {
  const [, name = "", minutes, nodes] = /^([^:]+)(?::(\d+)?(?::(.+))?)?$/.exec(text) ?? [];
  if (name === "") throw unreadable("--partition", text, "NAME, NAME:MINUTES or NAME:MINUTES:NODE,NODE,...");
  return {
    name,
    ...(minutes !== undefined && { timeLimitMinutes: Number(minutes) }),
    ...(nodes !== undefined && { nodes: nodes.split(",") }),
  };
}

function parseUser(text: string): UserSpec {
  const [name = "", shell] = text.split(":", 2);
  return { name, ...(shell !== undefined && { shell }) };
}

function parseShare(text: string): Share {
  const [from = "", to = from] = text.split(":", 2);
  return { from, to };
}

/**
 * The release of that name.
 *
 * @throws TestbedError `bad-options` when there is none, with the names that there are
 */
export function parseRelease(text: string): Release {
  if (isRelease(text)) return text;
  throw unreadable("--release", text, `one of ${RELEASES.join(", ")}`);
}

const parseSettings = (flag: string, texts: readonly string[]): Readonly<Record<string, string>> =>
  Object.fromEntries(
    texts.map((text) => {
      const [, key, value] = /^([A-Za-z]+)=(.*)$/s.exec(text) ?? [];
      if (key === undefined || value === undefined) throw unreadable(flag, text, "NAME=VALUE");
      return [key, value];
    }),
  );

const unreadable = (flag: string, text: string, form: string): TestbedError =>
  new TestbedError("bad-options", `${flag} ${JSON.stringify(text)} can't be read: it should be ${form}.`);
