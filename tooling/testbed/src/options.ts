/**
 * What a caller may ask of a testbed. Everything has a default: `testbed()` alone makes a cluster of six uneven
 * nodes with one partition and two ordinary users.
 */
import type { AccountingOptions } from "./accounting-options.ts";
import type { Release } from "./release.ts";

/** One node to make. Its CPUs are a claim: Slurm believes it, whatever the machine has. */
export type NodeSpec = NodeSpecBase & CpuSpec;

/** How many CPUs a node says it has: a number, or a layout whose product is the number. */
export type CpuSpec =
  /** A number: Slurm is told no layout. */
  | { readonly cpus: number }
  /** A layout, as slurm.conf has it. */
  | { readonly sockets: number; readonly coresPerSocket: number; readonly threadsPerCore: number };

interface NodeSpecBase {
  /** Its host name: letters, digits and `-`. `login` is taken. */
  readonly name: string;
  /** GPUs that Slurm hands out (there is no hardware behind them). Default 0. */
  readonly gpus?: number;
  /** Memory that the node claims, in MB. Default 4000. */
  readonly memoryMb?: number;
  /** Settings of this node's sshd; they win over those of the cluster. */
  readonly sshd?: SshdSettings;
}

/** One partition (slurm.conf(5), "PARTITION CONFIGURATION"). */
export interface PartitionSpec {
  /** Its name, as `sbatch --partition` takes it. */
  readonly name: string;
  /** Names of its nodes. Default all. */
  readonly nodes?: readonly string[];
  /** Jobs that run longer are ended by Slurm. Default no limit. */
  readonly timeLimitMinutes?: number;
  /** Further settings of the partition, such as `{ MaxNodes: "1", DenyAccounts: "lab" }`. */
  readonly slurm?: SlurmSettings;
}

/**
 * Lines of sshd_config(5), such as `{ MaxStartups: "2:50:4", MaxSessions: "1" }`. They win over the testbed's own.
 * `Banner` may be the text itself instead of a file's path.
 */
export type SshdSettings = Readonly<Record<string, string>>;

/** Lines of slurm.conf(5), such as `{ SlurmdTimeout: "30" }`. They win over the testbed's own. */
export type SlurmSettings = Readonly<Record<string, string>>;

/** An ordinary user of the cluster, with a home of her own and a key that every node accepts. */
export interface UserSpec {
  /** The account's name; her home is `/home/` and this. */
  readonly name: string;
  /** Path of the login shell. Default `/bin/bash`. */
  readonly shell?: string;
  /** Text that the shell's start files print, also when a command is run by ssh. */
  readonly loginPrints?: string;
}

/** A folder of the machine, seen in the cluster at a second place: where ordinary users could not enter its own. */
export interface Share {
  /** Absolute path on the machine; not below `/run` or `/etc`, which the cluster has its own of. */
  readonly from: string;
  /** Absolute path in the cluster; made there if it is missing (and not on the machine). */
  readonly to: string;
}

/** What `testbed` makes; each part has a default. */
export interface TestbedOptions {
  /** Default: `DEFAULT_NODES`, six of different sizes. */
  readonly nodes?: readonly NodeSpec[];
  /** The first is the default one. Default: `main`, over all nodes. */
  readonly partitions?: readonly PartitionSpec[];
  /** Settings of every sshd, the login node's too. */
  readonly sshd?: SshdSettings;
  /** Ordinary users. Default: `alice` and `bob`. `root` is always there. */
  readonly users?: readonly UserSpec[];
  /** Folders of the machine that are seen in the cluster. Default: none. */
  readonly share?: readonly Share[];
  /** Settings of slurm.conf for the whole cluster. Default: none beside the testbed's own. */
  readonly slurm?: SlurmSettings;
  /**
   * The Debian release whose Slurm, OpenSSH, shells and tools the cluster has. Its root file system is made in
   * /var/cache/hyperion-testbed where it is not there yet. Default: what HYPERION_TESTBED_RELEASE names, or else what is installed on the machine.
   */
  readonly release?: Release | undefined;
  /**
   * How long slurmctld takes before it takes a batch job, one after the other; other commands may wait with them, as
   * where a site's job_submit script is slow (it is one, job_submit/lua). Whose `sbatch` gives up has submitted all
   * the same. Default 0.
   */
  readonly sbatchLatencyMs?: number;
  /**
   * Jobs are pinned to their CPUs, held to their memory and kept from others' GPUs, by cgroups of version 1. Nodes can't
   * be larger than the machine then, and without `nodes` there are two of its size. Default false.
   */
  readonly cgroups?: boolean;
  /**
   * slurmdbd with a database: `sacct` tells of jobs, all ordinary users are in the account `lab`, and submissions that
   * break a limit are refused. Default false.
   */
  readonly accounting?: boolean | AccountingOptions;
  /** The longest that the cluster may take to be ready. Default 60,000. */
  readonly timeoutMs?: number;
}

/** Six nodes with 2, 4, 4, 8, 8 (two sockets, two threads per core) and 4 CPUs; the last one has two GPUs. */
export const DEFAULT_NODES: readonly NodeSpec[] = [
  { name: "n1", cpus: 2 },
  { name: "n2", cpus: 4 },
  { name: "n3", cpus: 4 },
  { name: "n4", cpus: 8 },
  { name: "n5", sockets: 2, coresPerSocket: 2, threadsPerCore: 2 },
  { name: "gpu1", cpus: 4, gpus: 2 },
];
