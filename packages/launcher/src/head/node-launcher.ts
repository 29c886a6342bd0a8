/** A launcher of workers on one node, and all that can be said of how it is reached. */
import type { Command } from "@hyperion-ts/processes";
import type { CommandSession, CommandTransport } from "@hyperion-ts/transport";
import type { NodePlace } from "./agent-connection.ts";
import type { AgentHello } from "./agent-greeting.ts";
import type { AgentTimes } from "./agent-settings.ts";
import type { CodeOf, OldCode } from "./code-at-start.ts";
import type { HeadPort } from "./head-port.ts";
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
}

/** Names, times and limits of the connection to one node; each has a default. */
export interface NodeLauncherOptions extends Partial<AgentTimes> {
  /** The node's name in messages and results. Default `"localhost"`. */
  readonly node?: string;
  /** After so long without a sign of the head the agent ends, in milliseconds: more than `heartbeatMs`; null or Infinity: only when its input ends. Default: `silenceMs`. */
  readonly headSilenceMs?: number | null;
  /**
   * The folder where compiled code is kept between starts of workers. Only where it is this user's alone, and so that nobody else
   * can put another in its place (it is made so); otherwise below the user's own folder for such things (`$XDG_CACHE_HOME`,
   * `~/.cache`), or nowhere, and the agent's log says why. Default: nowhere.
   */
  readonly compileCache?: string;
  /** The largest result that is taken in, in bytes: 1 at least. Default: Infinity, no limit. */
  readonly maxResultBytes?: number;
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
  /** The Node.js that agents and workers run. Default: the path of this process's own. */
  readonly nodePath?: string;
}

/** Where logs go and how a node is reached. (Hyperion.Job: NodeLauncherConfig) */
export interface NodeLauncherConfig extends Omit<NodeLauncherOptions, "node"> {
  /** The node's log directory; the workers' log files are in it. Must be the same path on the node. */
  readonly logDir: string;
  /** How other nodes than this one are reached. Default: node-ssh. */
  readonly transport?: CommandTransport;
  /** Where a node is whose name can't be looked up, for ssh; undefined: unknown. Default: nobody knows. */
  readonly addressOf?: (host: string) => Promise<string | undefined>;
  /** Whether frames travel over TLS on a port of this process instead of the transport's own streams. Default: with srun only. */
  readonly tls?: boolean;
  /** The port of this process that agents call, where frames travel over TLS. Default: one for each connection. */
  readonly headPort?: HeadPort;
  /** How often the connection to a node is tried before it is left out: once at least. Default 5. */
  readonly connectAttempts?: number;
  /** No attempt begins later than this, in milliseconds, from 0 to Infinity. Default 45,000. */
  readonly connectPatienceMs?: number;
  /** The longest first pause between attempts, in milliseconds, from 0 on; each next one is up to twice as long, 10,000 at most. Default 500. */
  readonly connectPauseMs?: number;
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
