/**
 * How a person chooses and sets the transport to other nodes, in one place: what each option means, what it may be, and its
 * default with the reason. (Hyperion's CommandTransport)
 */
import {
  callable,
  duration,
  fields,
  listOf,
  nonEmpty,
  oneOf,
  type Rule,
  showValue,
  structured,
  whole,
} from "@hyperion-ts/bounds";
import type { Transport } from "./transport.ts";

/**
 * - `node-ssh`: ssh in this process, by the rules of the system's ssh configuration and known_hosts. A host whose
 *   configuration asks for what it can't do is reached by the system's ssh, and the log says why. The default.
 * - `ssh`: the system's ssh, with all that it can.
 * - `srun`: a job step on each node, with frames over TLS.
 * - `custom`: a transport of your own.
 */
export type CommandTransport =
  /** ssh in this process. The default. */
  | ({ readonly type: "node-ssh" } & NodeSshOptions)
  /** The system's ssh. */
  | ({ readonly type: "ssh" } & SystemSshOptions)
  /** A job step on each node. */
  | ({ readonly type: "srun" } & SrunOptions)
  /** A transport of your own. */
  | { readonly type: "custom"; readonly transport: Transport };

/** What comes before the configuration's own word on a host; each is optional. */
export interface NodeSshOptions {
  /** A configuration file in place of the person's and the system's (ssh's `-F`). */
  readonly configFile?: string;
  /** The account on the host. */
  readonly user?: string;
  /** From 1 to 65,535. */
  readonly port?: number;
  /** Files of private keys, before those of the configuration. */
  readonly identityFiles?: readonly string[];
  /** How long connecting to each host may take, and again logging in, in milliseconds: above 0; Infinity: no limit. Default: ConnectTimeout of the configuration, else 20,000. */
  readonly connectTimeoutMs?: number;
  /** How often a host is asked for a sign of life, in milliseconds: above 0; Infinity: never. Default 5,000. */
  readonly keepaliveMs?: number;
  /** After how many unanswered questions the connection is given up: 1 at least. Default 3. */
  readonly keepaliveCount?: number;
}

/** The defaults of times, and of what the system's ssh is asked for in their place. */
export const SSH_DEFAULTS = {
  /** sshd of a busy node may take its time; each of several jump hosts has as much. */
  connectTimeoutMs: 20_000,
  /** With the count: a cut network is noticed after 15 to 20 s, also by those who have no signs of life of their own. */
  keepaliveMs: 5_000,
  keepaliveCount: 3,
} as const;

/** Which ssh is run, and with what. (Hyperion: the argument of its SSH transport) */
export interface SystemSshOptions {
  /** The program. Default `"ssh"`, from PATH. */
  readonly command?: string;
  /** Options before the host's name, which come before ours and so win over them. Default: none. */
  readonly options?: readonly string[];
}

/** Which srun is run, and with what. (Hyperion: the argument of its SRun transport) */
export interface SrunOptions {
  /** The program. Default `"srun"`, from PATH. */
  readonly command?: string;
  /** Options behind ours, which so win over them. Default: none. */
  readonly options?: readonly string[];
  /** The component of a heterogeneous job that a node belongs to. Default: none does. */
  readonly hetGroupOf?: (host: string) => number | undefined;
  /**
   * The generic resources that the step asks for on a node, as `--gres` takes them: `gpu:2`, or `none`. All that the job
   * has there, as a step that is bound to fewer devices hides the others from its workers. Default: what srun asks for
   * by itself, which is too much on each node where the job has asked for a total (`--gpus=4`).
   */
  readonly gresOf?: (host: string) => string | undefined;
}

/** The options of one type of transport. */
type OptionsOf<Type extends CommandTransport["type"]> = Extract<CommandTransport, { readonly type: Type }>;

const TYPE: Rule = oneOf("node-ssh", "ssh", "srun", "custom");

const RULES: Readonly<Record<CommandTransport["type"], Rule>> = {
  "node-ssh": fields<OptionsOf<"node-ssh">>({
    type: TYPE,
    configFile: nonEmpty,
    user: nonEmpty,
    port: whole(1, 65_535),
    identityFiles: listOf(nonEmpty),
    connectTimeoutMs: duration(),
    keepaliveMs: duration(),
    keepaliveCount: whole(1),
  }),
  ssh: fields<OptionsOf<"ssh">>({ type: TYPE, command: nonEmpty, options: listOf(nonEmpty) }),
  srun: fields<OptionsOf<"srun">>({
    type: TYPE,
    command: nonEmpty,
    options: listOf(nonEmpty),
    hetGroupOf: callable,
    gresOf: callable,
  }),
  custom: fields<OptionsOf<"custom">>({ type: TYPE, transport: structured }),
};

/**
 * A `CommandTransport`, as a rule of @hyperion-ts/bounds: its type says which options it may have.
 *
 * @throws TypeError or RangeError that names what is wrong
 */
export function transportRule(value: unknown, name: string): void {
  if (typeof value !== "object" || value === null)
    throw new TypeError(`${name} must be an object, such as { type: "srun" }, not ${showValue(value)}`);
  const given: unknown = "type" in value ? value.type : undefined;
  TYPE(given, `${name}.type`);
  const rule = Object.entries(RULES).find(([each]) => each === given)?.[1];
  rule?.(value, name);
}
