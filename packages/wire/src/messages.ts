/**
 * The protocol: every control message between head, agent and worker.
 *
 * ```
 * head ── ToAgent ──► agent            one byte stream per node; frames on channel 0
 *      ◄─ FromAgent ─
 * head ── ToWorker ─► (agent) ─► worker   frames on the worker's channel, which the agent passes on
 *      ◄─ FromWorker ─           ◄─
 * ```
 *
 * A stream begins with the agent's greeting (greeting.ts), then the agent's `hello`, then
 * the head's `configure`. Calls and results are data frames (frame.ts), not messages; payloads.ts has what else such
 * frames carry. There are only types here, so that no process has to read this file.
 */
import type { NodeMeasure } from "./node-measure.ts";
import type { FolderName, WorkerConfig } from "./worker-config.ts";

/** What the head tells a node's agent. */
export type ToAgent =
  /** Be the agent of this head: its settings. The answer to `hello`. */
  | {
      readonly type: "configure";
      /** The head's `PROTOCOL_VERSION`. */
      readonly version: number;
      /** A sign of life is sent at least this often, in both directions. */
      readonly heartbeatMs: number;
      /** After so long without any frame from the head, the agent ends. null: only the end of its input counts (a local pipe can't be cut). */
      readonly silenceMs: number | null;
      /**
       * Whether a head that is silent for longer is only busy as long as its machine acknowledges what the agent sends.
       * Not so behind a jump host, which acknowledges in its place.
       */
      readonly trustAcknowledgements: boolean;
      /** Where workers run, if this directory is there; null: where the agent does. */
      readonly directory: string | null;
      /** Folders that have two names where the head is: paths of this node in later messages, and the directory, may have to be written by the other one. */
      readonly folderNames: readonly FolderName[];
      /** The program that the agent becomes when the head fell silent and all workers have ended; empty: none. */
      readonly whenHeadIsLost: readonly string[];
    }
  /** Variables for the agent's and its workers' environment: several messages where there are many. Before `configure`. */
  | { readonly type: "environment"; readonly variables: Readonly<Record<string, string>> }
  /**
   * Go on over TCP: connect to one of these hosts, with TLS 1.3 and a pre-shared key, and greet again there. What comes
   * on standard input afterwards is only its end. Instead of everything else on standard input.
   */
  | {
      readonly type: "connect";
      /** Names and addresses of the head, to be tried in order, behind those that the agent knows from ssh or srun. */
      readonly hosts: readonly string[];
      /** The TCP port where the head listens. */
      readonly port: number;
      /** Tells the head which node this is. Not secret. */
      readonly identity: string;
      /** Base64. */
      readonly key: string;
    }
  /** Start a worker process in the slot `channel`. */
  | {
      readonly type: "start";
      /** The number of the slot, and of the worker's channel. */
      readonly channel: number;
      /** The worker's program and its arguments: the same for all workers that could stand in for each other. */
      readonly command: readonly string[];
      /** What the worker is told when it is given this slot. */
      readonly config: WorkerConfig;
      /** The log file that takes what the worker prints; its directories are made. */
      readonly logFile: string;
      /** Variables that are set in the worker, beside those of the agent. */
      readonly env: Readonly<Record<string, string>>;
      /** The CPUs that it is pinned to; null leaves it unpinned. */
      readonly pinTo: readonly number[] | null;
      /** Its share of memory, in megabytes, which is watched; null: none. */
      readonly memoryMb: number | null;
      /** Workers to end first, because their CPUs go to this one. */
      readonly retire: readonly number[];
    }
  /** End a worker: SIGTERM, and SIGKILL after `graceMs`. Its whole process group goes with it. */
  | {
      readonly type: "stop";
      /** The worker's channel. */
      readonly channel: number;
      /** How long the worker may take to end by itself, in milliseconds. */
      readonly graceMs: number;
    }
  /** Say what the node and its workers use now: only while a person looks. Answered by `usage`. */
  | { readonly type: "measure" }
  /** End all workers and then yourself. */
  | { readonly type: "shutdown"; readonly graceMs: number };

/** How much CPU time a cgroup of the agent's allows, with whatever else runs in it. */
export interface CpuQuota {
  /** So many CPUs' time; may be a fraction. */
  readonly cpus: number;
  /** The file of the cgroup that says so. */
  readonly file: string;
}

/** How much memory a cgroup of the agent's allows, with whatever else runs in it. */
export interface MemoryLimit {
  /** How much the cgroup may hold, in megabytes. */
  readonly limitMb: number;
  /** What was left of it when the agent looked. */
  readonly availableMb: number;
  /** The file of the cgroup that says so. */
  readonly file: string;
}

/** What a node's agent tells the head. */
export type FromAgent =
  /** The agent's first message: what it is, and what it found on its node. */
  | {
      readonly type: "hello";
      /** The agent's `PROTOCOL_VERSION`. */
      readonly version: number;
      /** The agent's process id. */
      readonly pid: number;
      /** What the node calls itself. */
      readonly hostname: string;
      /** The version of Node that runs the agent, e.g. `"v24.3.0"`. */
      readonly nodeVersion: string;
      /** The CPUs that the kernel lets the agent use (`Cpus_allowed_list`). */
      readonly allowedCpus: readonly number[];
      /** How many CPUs of the machine are online. */
      readonly onlineCpus: number;
      /** Whether workers can be pinned: `taskset` of util-linux is there. */
      readonly canPin: boolean;
      /** The machine's cores, each with the ids of its threads; none where the kernel does not tell. */
      readonly cores: readonly (readonly number[])[];
      /** Whether they stand in the order in which Slurm counts them. */
      readonly coresAsSlurm: boolean;
      /** The CPUs that the kernel keeps for the job that the agent was told of; null where that can't be found out. */
      readonly cpuset: readonly number[] | null;
      /** null: none. */
      readonly cpuQuota: CpuQuota | null;
      /** The machine's memory. */
      readonly memoryMb: number;
      /** null: the agent's cgroups have none. */
      readonly memoryLimit: MemoryLimit | null;
      /** What of its environment names GPUs, such as CUDA_VISIBLE_DEVICES: where Slurm has started it, those of its step. */
      readonly gpuVariables: Readonly<Record<string, string>>;
    }
  /** Answer to `configure`: where workers run, and why that is not the directory that was named (null: it is, or none was). */
  | { readonly type: "placed"; readonly directory: string; readonly why: string | null }
  /** The worker process of the slot `channel` runs, and has this process id. */
  | { readonly type: "started"; readonly channel: number; readonly pid: number }
  /** The worker could not be started at all. `full`: there are as many as a limit leaves room for. */
  | { readonly type: "notStarted"; readonly channel: number; readonly reason: string; readonly full: boolean }
  /** The worker holds so much memory (resident, in megabytes): more than its share, or again no more than that. */
  | { readonly type: "memory"; readonly channel: number; readonly usedMb: number }
  /** Answer to `measure`. */
  | ({ readonly type: "usage" } & NodeMeasure)
  /** Answer to a `recall` frame: so many of the calls sent before it, the last ones, will not be run. */
  | { readonly type: "recalled"; readonly channel: number; readonly unbegun: number };

/** Agent to worker, on channel 0: what it is to be. A spare worker waits for this. */
export interface Employ {
  /** What kind of message it is. */
  readonly type: "employ";
  /** The channel that the worker has on its own stream from now on. */
  readonly channel: number;
  /** Variables to set before user code is loaded. */
  readonly env: Readonly<Record<string, string>>;
  /** Who the worker is, and what its calls have. */
  readonly config: WorkerConfig;
}

/** What the head tells a worker, beside calls. */
export type ToWorker =
  /** What a worker has to find in files of the function `index`: several messages where there are many. Before its `define`. */
  | { readonly type: "files"; readonly index: number; readonly files: readonly FileAtStart[] }
  /** From now on calls name the function by `index`. Stacks of a bundle are told by its source map. */
  | {
      readonly type: "define";
      readonly index: number;
      readonly name: string;
      readonly module: string;
      readonly isBundle?: boolean;
    }
  /** Abort the call, if it is still there. `reason` is encoded error data. */
  | { readonly type: "abort"; readonly id: number; readonly reason: string };

/** A file that may be loaded for a function, as it was when the program began. */
export interface FileAtStart {
  /** The file's absolute path. */
  readonly path: string;
  /** In hexadecimal. */
  readonly sha256: string;
}

/** A file that is another one, or gone, when a worker looks. */
export interface ChangedFile {
  /** Its place in the function's list. */
  readonly at: number;
  /** When, in milliseconds since 1970 by the file server's clock; null: it is gone. */
  readonly changedAtMs: number | null;
}

/** What a worker tells the head, beside results. */
export type FromWorker =
  /** The worker takes calls now. */
  | { readonly type: "ready"; readonly pid: number; readonly startMs: number }
  /** The module of the function `index` was imported, or can't be: once for each function, before its first call is run. */
  | { readonly type: "loaded"; readonly index: number }
  /** Files of the function `index` were changed since the program began: the worker waits for these as they were then, in a `code` frame. */
  | { readonly type: "want-code"; readonly index: number; readonly files: readonly number[] }
  /** The worker runs the function `index` with these files as they were. */
  | { readonly type: "old-code"; readonly index: number; readonly files: readonly ChangedFile[] }
  | WorkerEnding;

/** The worker is about to end, and begins no call any more. One that is killed, or aborts, can't say so. */
export interface WorkerEnding {
  /** What kind of message it is. */
  readonly type: "ending";
  /** How many calls it began in its life: its agent can't know that of calls that were sent alone (`callAlone`). */
  readonly begun: number;
  /**
   * Who brought it about: the call that `runs`, one that it had `answered` before and that left something behind, or our own
   * code in it (`worker`), which has failed. `unknown`: nobody can tell.
   */
  readonly cause: "runs" | "answered" | "worker" | "unknown";
  /** What happened, and which call it was, for people. */
  readonly why: string;
}
