/**
 * The options with everything decided: addresses, user ids, names of links. It is plain data and pure, and it is
 * kept inside the cluster, so that another process (the command line) can take hold of a cluster that runs.
 */
import { isAbsolute } from "node:path";
import type { AccountingOptions } from "./accounting-options.ts";
import { DEFAULT_NODES } from "./options.ts";
import type {
  NodeSpec,
  PartitionSpec,
  Share,
  SlurmSettings,
  SshdSettings,
  TestbedOptions,
  UserSpec,
} from "./options.ts";
import { isRelease, RELEASES } from "./release.ts";
import type { Release } from "./release.ts";
import { TestbedError } from "./testbed-error.ts";

/** A machine of the cluster: a compute node, or the login node, where users submit. */
export interface Host {
  /** Its host name. */
  readonly name: string;
  /** Its address in the cluster's own network, such as `10.99.0.2`. */
  readonly address: string;
  /** 1 for the login node, then 2, 3, ...: the address's last part, and the number of its link. */
  readonly index: number;
  /** Settings of its sshd. */
  readonly sshd: SshdSettings;
}

/** A compute node as Slurm knows it. */
export interface ComputeNode extends Host {
  /** How many CPUs it says it has. */
  readonly cpus: number;
  /** Their layout, where one was asked for. */
  readonly layout?: { readonly sockets: number; readonly coresPerSocket: number; readonly threadsPerCore: number };
  /** How many GPUs Slurm hands out. */
  readonly gpus: number;
  /** How much memory it says it has, in megabytes. */
  readonly memoryMb: number;
}

/** A user with her ids and home. */
export interface ClusterUser {
  /** The login name. */
  readonly name: string;
  /** The user's number, and the group's. */
  readonly uid: number;
  /** The path of the home directory. */
  readonly home: string;
  /** The path of the login shell. */
  readonly shell: string;
  /** What the shell's start files print. */
  readonly loginPrints?: string;
}

/** Everything that is decided before anything is started. */
export interface ClusterPlan {
  /** The login node. */
  readonly login: Host;
  /** The compute nodes. */
  readonly nodes: readonly ComputeNode[];
  /** The partitions; the first is the default one. */
  readonly partitions: readonly PartitionSpec[];
  /** root first. */
  readonly users: readonly ClusterUser[];
  /** Folders of the machine that are seen in the cluster. */
  readonly shares: readonly Share[];
  /** Lines of slurm.conf that win over ours. */
  readonly slurm: SlurmSettings;
  /** 0 for none. */
  readonly sbatchLatencyMs: number;
  /** Whose root file system the cluster has; undefined for the machine's. */
  readonly release?: Release;
  /** Has the cluster a database of jobs? */
  readonly accounting?: AccountingOptions;
  /** Are jobs constrained by cgroups? */
  readonly cgroups: boolean;
}

/** All machines, the login node first. */
export const hosts = (plan: ClusterPlan): readonly Host[] => [plan.login, ...plan.nodes];

/**
 * What the cluster will be, by its options.
 *
 * @throws TestbedError `bad-options` when the options can't be met
 */
export function planCluster(options: TestbedOptions): ClusterPlan {
  const nodes = (options.nodes ?? DEFAULT_NODES).map((spec, place) =>
    planNode(spec, place + FIRST_NODE_INDEX, options.sshd ?? {}),
  );
  const partitions = options.partitions ?? [{ name: "main" }];
  checkNames("node", ["login", ...nodes.map(({ name }) => name)]);
  if (nodes.length === 0 || nodes.length > LARGEST_CLUSTER)
    throw bad(`a cluster has 1 to ${LARGEST_CLUSTER} nodes, not ${nodes.length}`);
  for (const { name, nodes: members } of partitions) {
    const stranger = members?.find((member) => !nodes.some((node) => node.name === member));
    if (stranger !== undefined) throw bad(`partition ${name} names the node ${stranger}, which is not in nodes`);
  }
  const users = options.users ?? [{ name: "alice" }, { name: "bob" }];
  checkNames("user", ["root", ...users.map(({ name }) => name)]);
  for (const share of options.share ?? []) checkShare(share);
  const login = { name: "login", address: address(LOGIN_INDEX), index: LOGIN_INDEX, sshd: options.sshd ?? {} };
  const what = {
    login,
    nodes,
    partitions,
    users: [ROOT_USER, ...users.map(planUser)],
    shares: options.share ?? [],
    slurm: options.slurm ?? {},
  };
  const common = {
    ...what,
    sbatchLatencyMs: submitLatency(options),
    cgroups: options.cgroups ?? false,
    ...planAccounting(options),
  };
  return options.release === undefined ? common : { ...common, release: knownRelease(options.release) };
}

const LOGIN_INDEX = 1;
const FIRST_NODE_INDEX = 2;
const LARGEST_CLUSTER = 250;
/** Far from the ids that distributions give to people and to daemons. */
const FIRST_UID = 20_001;

const address = (index: number): string => `10.99.0.${index}`;
const bad = (problem: string): TestbedError =>
  new TestbedError("bad-options", `The options of the testbed can't be met: ${problem}.`);

/** root's home is not the machine's: keys and start files of a person must not take part. */
const ROOT_USER: ClusterUser = { name: "root", uid: 0, home: "/home/root", shell: "/bin/bash" };

function planNode(spec: NodeSpec, index: number, clusterSshd: SshdSettings): ComputeNode {
  const { name, gpus = 0, memoryMb = 4000, sshd = {} } = spec;
  const common = { name, index, address: address(index), gpus, memoryMb, sshd: { ...clusterSshd, ...sshd } };
  if ("cpus" in spec) return { ...common, cpus: count(name, spec.cpus) };
  const { sockets, coresPerSocket, threadsPerCore } = spec;
  return {
    ...common,
    cpus: count(name, sockets * coresPerSocket * threadsPerCore),
    layout: { sockets, coresPerSocket, threadsPerCore },
  };
}

const planUser = ({ name, shell = "/bin/bash", loginPrints }: UserSpec, place: number): ClusterUser => ({
  name,
  uid: FIRST_UID + place,
  home: `/home/${name}`,
  shell,
  ...(loginPrints !== undefined && { loginPrints }),
});

const planAccounting = ({ accounting = false }: TestbedOptions): { readonly accounting?: AccountingOptions } =>
  accounting === false ? {} : { accounting: accounting === true ? {} : accounting };

function count(name: string, cpus: number): number {
  if (!Number.isSafeInteger(cpus) || cpus < 1) throw bad(`node ${name} has ${cpus} CPUs`);
  return cpus;
}

function submitLatency({ sbatchLatencyMs = 0, slurm = {} }: TestbedOptions): number {
  if (!Number.isFinite(sbatchLatencyMs) || sbatchLatencyMs < 0) throw bad(`sbatchLatencyMs is ${sbatchLatencyMs}`);
  if (sbatchLatencyMs > 0 && Object.keys(slurm).some((key) => /^JobSubmitPlugins$/i.test(key)))
    throw bad("sbatchLatencyMs is a job_submit plugin itself: JobSubmitPlugins can't be set beside it");
  return sbatchLatencyMs;
}

function knownRelease(name: string): Release {
  if (isRelease(name)) return name;
  throw bad(`there is no release ${JSON.stringify(name)}, only ${RELEASES.join(", ")}`);
}

function checkNames(kind: string, names: readonly string[]): void {
  const malformed = names.find((name) => !/^[a-z][a-z0-9-]{0,30}$/.test(name));
  if (malformed !== undefined)
    throw bad(`the ${kind} name ${JSON.stringify(malformed)} is not 1 to 31 of a-z, 0-9 and "-", a letter first`);
  const twice = names.find((name, place) => names.indexOf(name) !== place);
  if (twice !== undefined) throw bad(`the ${kind} name ${twice} is there twice, or taken by the testbed itself`);
}

function checkShare({ from, to }: Share): void {
  if (!isAbsolute(from) || !isAbsolute(to)) throw bad(`a share needs absolute paths, not ${from} and ${to}`);
  if (/^\/(run|etc)(\/|$)/.test(from))
    throw bad(`${from} can't be shared: the cluster has a /run and an /etc of its own`);
}
