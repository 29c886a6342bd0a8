/** What a caller holds of a cluster that runs. */
import { readFile } from "node:fs/promises";
import type { ChildProcess } from "node:child_process";
import type { JobRecord, SlurmJobId } from "@hyperion-ts/slurm-env";
import type { ClusterUser, ComputeNode, Host } from "./cluster-plan.ts";
import { sshdOn } from "./daemons.ts";
import { inside } from "./enter.ts";
import { userKeyOf } from "./etc.ts";
import { faultsOf } from "./fault.ts";
import type { Faults } from "./fault.ts";
import { endHolder } from "./holder.ts";
import { processesOn } from "./node-processes.ts";
import type { NodeProcess } from "./node-processes.ts";
import { logOf } from "./places.ts";
import { runOnNode, spawnOnNode } from "./run-on-node.ts";
import type { RunOptions, SpawnOptions } from "./run-on-node.ts";
import { hostNamed } from "./site.ts";
import type { Site } from "./site.ts";
import { job, jobs, nodeStates, sbatch, waitForJob, waitForNode } from "./slurm-client.ts";
import type { FinishedJob, NodeState, SbatchOptions, WaitOptions } from "./slurm-client.ts";
import { parseSshLog } from "./ssh-sessions.ts";
import type { SshSession } from "./ssh-sessions.ts";
import type { CommandResult } from "./system-command.ts";

/** A cluster. Disposing of it ends every process on it; nothing of it is left. */
export interface Testbed extends AsyncDisposable {
  /** The node where users submit; slurmctld runs on it. */
  readonly login: Host;
  /** The compute nodes. */
  readonly nodes: readonly ComputeNode[];
  /** root first. */
  readonly users: readonly ClusterUser[];
  /** Each user's private key, by her name: a path in the cluster. */
  readonly keys: Readonly<Record<string, string>>;
  /**
   * Runs a command to its end, on a node or on `login`. How it ends is data.
   *
   * @throws TestbedError `unknown-node` when there is no node of that name, `node-stopped` when it is without power
   */
  readonly run: (node: string, command: readonly string[], options?: RunOptions) => Promise<CommandResult>;
  /**
   * Starts a command; the child's `kill` reaches the command itself.
   *
   * @throws TestbedError `unknown-node` when there is no node of that name, `node-stopped` when it is without power
   */
  readonly spawn: (node: string, command: readonly string[], options?: SpawnOptions) => ChildProcess;
  /**
   * Submits a script: its text, which begins with `#!`, or its path in the cluster.
   *
   * @throws TestbedError `slurm-refused` when Slurm refuses it, with what Slurm said
   */
  readonly sbatch: (script: string, options?: SbatchOptions) => Promise<SlurmJobId>;
  /** All jobs, also those that have ended. */
  readonly jobs: () => Promise<readonly JobRecord[]>;
  /**
   * The records of one job: several for an array or a heterogeneous job.
   *
   * @throws TestbedError `slurm-refused` when Slurm does not know it
   */
  readonly job: (id: SlurmJobId) => Promise<readonly JobRecord[]>;
  /**
   * Waits for a job's end, however it ends.
   *
   * @throws TestbedError `timeout` when it does not end in time
   */
  readonly waitForJob: (id: SlurmJobId, options?: WaitOptions) => Promise<FinishedJob>;
  /** The nodes as Slurm sees them. */
  readonly nodeStates: () => Promise<readonly NodeState[]>;
  /**
   * Waits until Slurm sees the node in that state, such as `down` or `idle`.
   *
   * @throws TestbedError `timeout` when it does not in time
   */
  readonly waitForNode: (node: string, state: string, options?: WaitOptions) => Promise<void>;
  /** Breaks nodes, and heals them. */
  readonly fault: Faults;
  /** Every connection to that node's sshd since the cluster was made, in the order in which they came. */
  readonly sshSessions: (node: string) => Promise<readonly SshSession[]>;
  /** What runs on that node, but for what makes it a node: sshd's sessions and Slurm's steps are in it. */
  readonly processes: (node: string) => readonly NodeProcess[];
  /** The text of a file by its path in the cluster, such as a job's `outputFile`; it must not lead over an absolute symbolic link. */
  readonly readFile: (path: string) => Promise<string>;
}

/** The testbed over a cluster that is up. */
export const openTestbed = (site: Site): Testbed => ({
  login: site.plan.login,
  nodes: site.plan.nodes,
  users: site.plan.users,
  keys: Object.fromEntries(site.plan.users.map((user) => [user.name, userKeyOf(user)])),
  run: (node, command, options) => runOnNode(site, node, command, options),
  spawn: (node, command, options) => spawnOnNode(site, node, command, options),
  sbatch: (script, options) => sbatch(site, script, options),
  jobs: () => jobs(site),
  job: (id) => job(site, id),
  waitForJob: (id, options) => waitForJob(site, id, options),
  nodeStates: () => nodeStates(site),
  waitForNode: (node, state, options) => waitForNode(site, node, state, options),
  fault: faultsOf(site),
  sshSessions: async (node) =>
    parseSshLog(await readFile(inside(site.holder.init, logOf(sshdOn(hostNamed(site, node).name).name)), "utf8")),
  processes: (node) => processesOn(site, node),
  readFile: (path) => readFile(inside(site.holder.init, path), "utf8"),
  [Symbol.asyncDispose]: () => endHolder(site.holder),
});
