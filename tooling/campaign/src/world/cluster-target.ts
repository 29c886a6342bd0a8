/** What a fault on a Slurm cluster takes hold of: a round's nodes, its jobs, and the program's processes on each node. */
import type { SlurmJobId } from "@hyperion-ts/slurm-env";
import type { Testbed } from "@hyperion-ts/testbed";
import type { Scene } from "../scene.ts";

/** A program in an allocation of two nodes, or on the login node with a Slurm job on each of two. */
export interface ClusterTarget extends Scene {
  /** The cluster. */
  readonly cluster: Testbed;
  /** The first of the nodes: in an allocation the program itself runs on it. */
  readonly headNode: string;
  /** The other one. */
  readonly otherNode: string;
  /** The job of the allocation; or those jobs of the program on the login node that have not ended. */
  readonly jobIds: () => Promise<readonly SlurmJobId[]>;
  /** Processes on a node by what their command line has; waits until there is one. None where the job ends first, or has none for long. */
  readonly find: (node: string, what: RegExp) => Promise<readonly number[]>;
  /** Sends a signal; a process that has ended meanwhile does not hear it. */
  readonly signal: (pid: number, signal: NodeJS.Signals) => void;
  /** Has something done after the first run, before the second. */
  readonly undoLater: (undo: () => Promise<void>) => void;
  /** Runs a command as root on a node or on `login`, and returns when it has ended, however. */
  readonly run: (node: string, ...command: readonly string[]) => Promise<void>;
}

/** Command lines of the program's processes. */
export const PROGRAMS = {
  /** In an allocation. */
  program: /program\/main\.ts/,
  /** On the login node. */
  loginProgram: /program\/login\.ts/,
  /** Of a Slurm job that the program on the login node has submitted. */
  jobHead: /head-main\.m?[jt]s/,
  /** What connects the program on the login node with such a head. */
  relay: /relay-main\.m?[jt]s/,
  agent: /agent-main\.m?[jt]s/,
  worker: /worker-main\.m?[jt]s/,
} as const;
