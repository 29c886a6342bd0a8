/** A launcher of workers on one node, and what a program tells it. */
import type { Command } from "@hyperion-ts/processes";
import type { CommandSession } from "@hyperion-ts/transport";
import type { NodeMeasure } from "@hyperion-ts/wire";
import type { NodePlace } from "./agent-connection.ts";
import type { AgentHello } from "./agent-greeting.ts";
import type { CodeOf, OldCode } from "./code-at-start.ts";
import type { LauncherOptions } from "./launcher-options.ts";
import type { WorkerLauncher } from "./worker-launcher.ts";

/** Runs a command somewhere and hands back its standard streams: `runCmdLocalAsync`, or a way to another machine. */
export type RunCmd = (command: Command) => Promise<CommandSession>;

/** A launcher of workers on one node. Disposing of it ends its agent and all its workers. */
export interface NodeLauncher extends WorkerLauncher, AsyncDisposable {
  /** The node's name in messages and results. */
  readonly node: string;
  /** What the agent found out about the node. */
  readonly host: Pick<
    AgentHello,
    | "hostname"
    | "nodeVersion"
    | "allowedCpus"
    | "onlineCpus"
    | "canPin"
    | "cores"
    | "coresAsSlurm"
    | "cpuset"
    | "cpuQuota"
    | "memoryMb"
    | "memoryLimit"
    | "gpuVariables"
  >;
  /** Resolves with the reason when the node is lost or the launcher was disposed of. */
  readonly lost: Promise<string>;
  /** Resolves when the node has said where its workers run, also when it is lost before. */
  readonly placed: Promise<NodePlace>;
  /** Asks what the node and its workers use now. Resolves with undefined where no agent runs there yet, or any more. */
  measure(): Promise<NodeMeasure | undefined>;
}

/** What a program tells a launcher of its workers, beside what a person has set. */
export interface WorkerContext {
  /** What the cgroups of the node's batch job may be called (`job_12`): they tell which CPUs are the job's. Default: none. */
  readonly jobCgroups?: readonly string[];
  /**
   * The code of a function when this program began. A worker that finds other files does not run them: it gets those of then,
   * or, where that can't be and the function would be another one, its calls fail with `code-changed`. Default: nobody knows,
   * and workers run what they find.
   */
  readonly codeOf?: CodeOf;
  /** Hears of each worker that was started after files were changed, and runs a function with the code as it was. Default: nobody. */
  readonly onOldCode?: (code: OldCode) => void;
}

/** What a program tells a launcher of its nodes, beside what a person has set. */
export interface NodeContext extends WorkerContext {
  /** Runs each handshake: a pool of nodes lets only a few run at once. Default: at once. */
  readonly throttle?: (handshake: () => Promise<void>) => Promise<void>;
  /**
   * Whether a node that was silent for `silenceMs` is only paused, as in a suspended job: then it is waited for, and asked
   * about again after as long. Default: it is not, and is lost.
   */
  readonly isPaused?: (node: string) => Promise<boolean>;
  /**
   * The program that an agent on another node becomes when its head fell silent (not at an end of the connection that
   * reached it) and it has ended its workers: an argument vector that begins with a path. Default: it just ends.
   */
  readonly whenHeadIsLost?: readonly string[];
  /** Hears of attempts that failed, and of transports that had to step in. Default: nobody. */
  readonly log?: (line: string) => void;
}

/** A launcher over a command runner, which reaches the node in its own way. */
export interface NodeLauncherOptions extends Omit<LauncherOptions, "reach">, WorkerContext {
  /** The node's name in messages and results. Default `"localhost"`. */
  readonly node?: string;
}

/** Where logs go, what a person has set, and what the program tells. (Hyperion.Job: NodeLauncherConfig) */
export interface NodeLauncherConfig extends LauncherOptions, NodeContext {
  /** The node's log directory; the workers' log files are in it. Must be the same path on the node. */
  readonly logDir: string;
}
