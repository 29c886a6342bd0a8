/**
 * A connection to a host by the rules of its ssh configuration, with all the jump hosts on its way, each of which is
 * connected to by its own rules (ssh(1), -J).
 */
import type { Duplex } from "node:stream";
import type { NodeSSH } from "node-ssh";
import { TransportError } from "./command-session.ts";
import { type AddressOf, addressOptions } from "./host-address.ts";
import { lookUpKnownHost, knownTypes } from "./known-hosts.ts";
import { resolveSshConfig } from "./resolve-ssh-config.ts";
import { connectSshAgent, keysHeldBy } from "./ssh-agent.ts";
import { offeredAlgorithms } from "./ssh-algorithms.ts";
import type { JumpHost, SshConfig } from "./ssh-config.ts";
import { type HostSettings, logIn } from "./ssh-handshake.ts";
import { orderKeys, readKeyFiles } from "./ssh-keys.ts";
import { Login } from "./ssh-login.ts";
import { loadSsh, type SshLibraries } from "./ssh2.ts";
import { tcpConnect } from "./tcp-connect.ts";
import { SSH_DEFAULTS } from "./transport-options.ts";

/** Jump hosts that lead to each other end somewhere. */
const MAX_JUMPS = 8;

/** How long a connection may take, and how its end is noticed. */
export interface ConnectionTimes {
  /** For connecting, and again for logging in, to each host, in milliseconds; undefined: what the configuration says, else 20,000. */
  readonly connectTimeoutMs: number | undefined;
  /** How often a host is asked for a sign of life, in milliseconds. */
  readonly keepaliveMs: number;
  /** How many of these questions it may leave unanswered. */
  readonly keepaliveCount: number;
}

/** What all hosts on the way share. */
export interface ConnectionAttempt {
  /** Options of ssh for all of them. */
  readonly options: readonly string[];
  /** How long each host may take. */
  readonly times: ConnectionTimes;
  /** Where hosts are whose names can't be looked up. */
  readonly addressOf: AddressOf | undefined;
  /** All sockets belong to it: disposing of it ends the connection, or the attempt. */
  readonly resources: DisposableStack;
  /** Gives up when it aborts. */
  readonly signal: AbortSignal;
}

/** A host that we are logged in to. */
export interface SshConnection {
  /** The connection of node-ssh. */
  readonly ssh: NodeSSH;
  /** The account and the address. */
  readonly description: string;
  /** Whether there is no jump host on the way. */
  readonly direct: boolean;
  /** Resolves when the connection is gone, with what is known of why. */
  readonly closed: Promise<string>;
}

/**
 * Connects to `host`, with options of ssh for it alone. `jumps`: how many jump hosts this one is away from the host that
 * was asked for.
 *
 * @throws TransportError; on an abort, the signal's reason
 */
export async function openSshConnection(
  host: string,
  options: readonly string[],
  attempt: ConnectionAttempt,
  jumps = 0,
): Promise<SshConnection> {
  const { signal, resources } = attempt;
  const config = await findHost(host, [...attempt.options, ...options], attempt);
  const libraries = await loadSsh();
  const settings = await prepare(config, libraries, attempt);
  signal.throwIfAborted();
  const address = { host: config.hostname, port: config.port, family: config.family };
  const sock =
    config.jump === undefined
      ? await tcpConnect(address, settings.connectTimeoutMs, resources)
      : await throughJump(config, config.jump, attempt, jumps);
  signal.throwIfAborted();
  const { ssh, closed } = await logIn(new libraries.NodeSSH(), sock, settings);
  return {
    ssh,
    closed,
    description: `ssh ${config.user}@${config.hostname} port ${config.port}`,
    direct: config.jump === undefined,
  };
}

/** The configuration of `host`, with an address in it that can be connected to. A jump host looks names up by itself. */
async function findHost(
  host: string,
  options: readonly string[],
  { addressOf, signal }: ConnectionAttempt,
): Promise<SshConfig> {
  const config = await resolveSshConfig(host, options, signal);
  const address = config.jump === undefined ? await addressOptions(config, addressOf, signal) : [];
  return address.length === 0 ? config : resolveSshConfig(host, [...options, ...address], signal);
}

/** Finds out all that this machine has to say before the host is connected to. */
async function prepare(
  config: SshConfig,
  { ssh2 }: SshLibraries,
  { times, resources, signal }: ConnectionAttempt,
): Promise<HostSettings> {
  const known = await lookUpKnownHost(config, signal);
  const algorithms = offeredAlgorithms(config, knownTypes(known));
  signal.throwIfAborted();
  const agent = config.identityAgent === undefined ? undefined : connectSshAgent(config.identityAgent, ssh2, resources);
  const [files, held] = await Promise.all([readKeyFiles(config, ssh2), agent === undefined ? [] : keysHeldBy(agent)]);
  return {
    config,
    known,
    algorithms,
    login: new Login(config, orderKeys(files, held, config.identitiesOnly), agent, ssh2),
    connectTimeoutMs: times.connectTimeoutMs ?? config.connectTimeoutMs ?? SSH_DEFAULTS.connectTimeoutMs,
    keepaliveMs: times.keepaliveMs,
    keepaliveCount: times.keepaliveCount,
  };
}

/** Lets a jump host connect to the host. Of the options for the host it gets none, as with ssh. */
async function throughJump(
  { host, hostname, port }: SshConfig,
  jump: JumpHost,
  attempt: ConnectionAttempt,
  jumps: number,
): Promise<Duplex> {
  if (jumps >= MAX_JUMPS)
    throw new TransportError({
      reason: "unsupported",
      message: `there are more than ${MAX_JUMPS} jump hosts on the way to ${host}`,
    });
  const options = [
    ...(jump.user === undefined ? [] : ["-l", jump.user]),
    ...(jump.port === undefined ? [] : ["-p", String(jump.port)]),
    ...(jump.through === undefined ? [] : ["-J", jump.through]),
  ];
  const { ssh } = await openSshConnection(jump.host, options, attempt, jumps + 1);
  try {
    return await ssh.forwardOut("127.0.0.1", 0, hostname, port);
  } catch (cause) {
    const how = cause instanceof Error ? cause.message : String(cause);
    throw new TransportError(
      {
        reason: /prohibited/i.test(how) ? "unsupported" : "unreachable",
        message: `The jump host ${jump.host} could not connect to ${hostname} port ${port}: ${how}`,
      },
      { cause },
    );
  }
}
