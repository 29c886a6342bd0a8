/**
 * What a person may set about workers, and about how nodes are reached, in one place: what each option means, what it may
 * be, and its default with the reason. What the parts of a program tell each other beside it is in node-launcher.ts.
 */
import {
  callable,
  duration,
  fields,
  flag,
  nonEmpty,
  type Rule,
  type Rules,
  structured,
  unlimited,
  whole,
} from "@hyperion-ts/bounds";
import { type AddressOf, type CommandTransport, transportRule } from "@hyperion-ts/transport";
import type { HeadPort } from "@hyperion-ts/transport/link";

/** How nodes are reached, how long everything may take, and what workers run; each has a default. */
export interface LauncherOptions {
  /** How other nodes than this one are reached. */
  readonly reach?: ReachOptions;
  /** How long everything may take. */
  readonly times?: TimeOptions;
  /** The Node.js that agents and workers run. Default: the path of this process's own. */
  readonly nodePath?: string;
  /**
   * The folder where compiled code is kept between starts of workers. Only where it is this user's alone, and so that nobody else
   * can put another in its place (it is made so); otherwise below the user's own folder for such things (`$XDG_CACHE_HOME`,
   * `~/.cache`), or nowhere, and the agent's log says why. Default: nowhere; of a run, in its data directory.
   */
  readonly compileCache?: string;
  /** The largest result that is taken in, in bytes: 1 at least. Default: Infinity, no limit. */
  readonly maxResultBytes?: number;
}

/** How other nodes than this one are reached. */
export interface ReachOptions {
  /** What carries the session to a node. Default: node-ssh, and the system's ssh where a host needs it. */
  readonly transport?: CommandTransport;
  /** Whether frames travel over TLS on a port of this process instead of the session's own streams. Default: with srun only. */
  readonly tls?: boolean;
  /** The port of this process that agents call, where frames travel over TLS. Default: one that the system chooses. */
  readonly headPort?: HeadPort;
  /** Where a node is whose name can't be looked up, for ssh; undefined: unknown. Default: what Slurm knows, in a run of its; else nobody knows. */
  readonly addressOf?: AddressOf;
  /** How often the connection to a node is tried before the node is left out: once at least. Default 5. */
  readonly attempts?: number;
  /** The longest first pause between attempts, in milliseconds, from 0 on; each next one is up to twice as long, 10,000 at most. Default 500. */
  readonly pauseMs?: number;
  /** No attempt begins later than this, in milliseconds, from 0 to Infinity. Default 45,000. */
  readonly patienceMs?: number;
}

/** How long everything may take, in milliseconds. */
export interface TimeOptions {
  /** How long an agent or a worker may take to come up: above 0; Infinity: as long as it likes. Default 30,000. */
  readonly connectTimeoutMs?: number;
  /** A sign of life is sent at least this often, both ways: above 0, not Infinity. Default 2,000. */
  readonly heartbeatMs?: number;
  /** A node that was silent for so long is lost: more than `heartbeatMs`; Infinity: none is. Default 10,000. */
  readonly silenceMs?: number;
  /** After so long without a sign of the head an agent ends: more than `heartbeatMs`; Infinity: only when its input ends. Default: `silenceMs`; behind a jump host 60,000 at least; on this machine Infinity. */
  readonly headSilenceMs?: number;
  /** How long running calls may take to end when the connection is closed: 0 too, not Infinity. Default 200. */
  readonly closeGraceMs?: number;
}

/** All times, with the defaults of those that were not set. */
export type Times = Required<TimeOptions>;

const DEFAULT_TIMES = {
  /** Node.js and the program's files may come from a file system that all nodes ask at once. */
  connectTimeoutMs: 30_000,
  /** Several of them fit into `silenceMs`, so that one that is late loses no node. */
  heartbeatMs: 2_000,
  /** A network repeats what it has lost for some seconds; and the calls of a node that is gone should not wait much longer. */
  silenceMs: 10_000,
  /** Enough to answer an abort. Whoever has pressed Ctrl-C waits for it. */
  closeGraceMs: 200,
} as const;

/** Behind a jump host nobody but the head itself can tell that it is alive, and its event loop may stand still for a while. */
const INDIRECT_SILENCE_MS = 60_000;

/**
 * How an agent is connected with its head: by a `pipe` of one machine, which can't be cut, so that the end of the agent's input
 * says all that there is to know; `direct`ly, where the agent's kernel knows whether the head's machine still answers; or by a
 * `detour` over a jump host.
 */
export type AgentPath = "pipe" | "direct" | "detour";

/** The times that are set, with defaults for the others. */
export function timesOf({ times = {} }: Pick<LauncherOptions, "times">, path: AgentPath = "direct"): Times {
  const { silenceMs = DEFAULT_TIMES.silenceMs } = times;
  const headSilenceMs = { pipe: Infinity, direct: silenceMs, detour: Math.max(silenceMs, INDIRECT_SILENCE_MS) };
  return {
    connectTimeoutMs: times.connectTimeoutMs ?? DEFAULT_TIMES.connectTimeoutMs,
    heartbeatMs: times.heartbeatMs ?? DEFAULT_TIMES.heartbeatMs,
    silenceMs,
    headSilenceMs: times.headSilenceMs ?? headSilenceMs[path],
    closeGraceMs: times.closeGraceMs ?? DEFAULT_TIMES.closeGraceMs,
  };
}

const DEFAULT_REACH = {
  /** It needs nothing but the account's own ssh, and one connection takes no process. */
  transport: { type: "node-ssh" },
  /** sshd drops connections at random when many come at once (MaxStartups): a few attempts pass it for certain. */
  attempts: 5,
  /** A node that is only busy is free again by then. */
  pauseMs: 500,
  /** Longer than `connectTimeoutMs`, so that an attempt that has used all of it is followed by another one. A node that is away for longer is left out. */
  patienceMs: 45_000,
} as const;

/** How nodes are reached, with the defaults of what was not set. */
export type Reach = ReachOptions &
  Required<Pick<ReachOptions, "transport" | "tls" | "attempts" | "pauseMs" | "patienceMs">>;

/** What is set about reaching nodes, with defaults for the rest. */
export function reachOf({ reach = {} }: Pick<LauncherOptions, "reach">): Reach {
  const transport = reach.transport ?? DEFAULT_REACH.transport;
  return {
    ...reach,
    transport,
    // Streams of srun are slow in bulk.
    tls: reach.tls ?? transport.type === "srun",
    attempts: reach.attempts ?? DEFAULT_REACH.attempts,
    pauseMs: reach.pauseMs ?? DEFAULT_REACH.pauseMs,
    patienceMs: reach.patienceMs ?? DEFAULT_REACH.patienceMs,
  };
}

const TIME_RULES: Rules<TimeOptions> = {
  connectTimeoutMs: duration(),
  heartbeatMs: duration({ unlimited: false }),
  silenceMs: duration(),
  headSilenceMs: duration(),
  closeGraceMs: duration({ zero: true, unlimited: false }),
};

/** A rule for `times`, and for times of `more` names beside those of a launcher. */
export const timesRule =
  <More extends object = object>(more?: Rules<More>): Rule =>
  (value, name) => {
    fields({ ...TIME_RULES, ...more })(value, name);
    const { heartbeatMs, silenceMs, headSilenceMs } = timesOf({ times: value as TimeOptions });
    // A sign of life has to come before its absence counts.
    for (const [field, silence] of Object.entries({ silenceMs, headSilenceMs })) {
      if (silence <= heartbeatMs)
        throw new RangeError(
          `${name}.${field} must be longer than heartbeatMs, which is ${heartbeatMs}, not ${silence}`,
        );
    }
  };

/** What each option may be, as rules of @hyperion-ts/bounds. */
export const LAUNCHER_RULES: Rules<LauncherOptions> = {
  reach: fields<ReachOptions>({
    transport: transportRule,
    tls: flag,
    headPort: structured,
    addressOf: callable,
    attempts: whole(1),
    pauseMs: duration({ zero: true, unlimited: false }),
    patienceMs: duration({ zero: true }),
  }),
  times: timesRule(),
  nodePath: nonEmpty,
  compileCache: nonEmpty,
  maxResultBytes: unlimited(whole(1)),
};

/** What of `options` is a launcher's, without what is undefined. */
export const launcherOptionsOf = (options: LauncherOptions): LauncherOptions =>
  Object.fromEntries(Object.entries(options).filter(([name, value]) => name in LAUNCHER_RULES && value !== undefined));
