/** Makes a stream to a host a connection that is logged in. The host's key is verified before anything is shown to it. */
import type { Duplex } from "node:stream";
import { LONGEST_TIMER_MS } from "@hyperion-ts/bounds";
import type { NodeSSH } from "node-ssh";
import type { Algorithms, Client } from "ssh2";
import { TransportError, type TransportFailure } from "./command-session.ts";
import { hostKeyProblem, type KnownHost } from "./known-hosts.ts";
import { quickenPackets } from "./packet-keys.ts";
import type { SshConfig } from "./ssh-config.ts";
import type { Login } from "./ssh-login.ts";

/** How to talk to one host. */
export interface HostSettings {
  /** What the configuration says of the host. */
  readonly config: SshConfig;
  /** The keys that it is known by. */
  readonly known: KnownHost;
  /** What it is offered. */
  readonly algorithms: Algorithms;
  /** Shows it our keys. */
  readonly login: Login;
  /** For the handshake and for logging in together, in milliseconds. */
  readonly connectTimeoutMs: number;
  /** How often it is asked for a sign of life, in milliseconds. */
  readonly keepaliveMs: number;
  /** How many of these questions it may leave unanswered. */
  readonly keepaliveCount: number;
}

/** A connection to a host that has let us in. */
export interface LoggedIn {
  /** The connection of node-ssh. */
  readonly ssh: NodeSSH;
  /** Resolves when the connection is gone, with what is known of why. */
  readonly closed: Promise<string>;
}

/**
 * Shakes hands over `sock` and logs in. Closes `sock` where that fails.
 *
 * @throws TransportError
 */
export async function logIn(ssh: NodeSSH, sock: Duplex, settings: HostSettings): Promise<LoggedIn> {
  const { config, login } = settings;
  let refusal: TransportFailure | undefined;
  const connecting = ssh.connect({
    sock,
    username: config.user,
    algorithms: settings.algorithms,
    readyTimeout: Math.min(settings.connectTimeoutMs, LONGEST_TIMER_MS),
    keepaliveInterval: Math.min(settings.keepaliveMs, LONGEST_TIMER_MS),
    keepaliveCountMax: settings.keepaliveCount,
    hostVerifier: (key: Buffer): boolean => {
      refusal = hostKeyProblem(key, settings.known, config);
      return refusal === undefined;
    },
    authHandler: login.handler((failure) => {
      refusal = failure;
      ssh.connection?.end();
      sock.destroy();
    }),
  });
  // node-ssh makes it before it waits, and listens to its errors only while it does.
  const closed = endOf(ssh.connection, sock);
  ssh.connection?.on("banner", (text) => login.hear(text));
  if (ssh.connection !== null) quickenPackets(ssh.connection);
  try {
    await connecting;
  } catch (cause) {
    sock.destroy();
    throw new TransportError(refusal ?? failureOf(cause, login, config), { cause });
  }
  return { ssh, closed };
}

/** An error is the end of a connection, also where the host does not answer to that. */
function endOf(client: Client | null, sock: Duplex): Promise<string> {
  if (client === null) return Promise.resolve("the connection was not made");
  return new Promise((resolve) => {
    let how = "the connection was closed";
    client.on("error", (error) => {
      how = error.message;
      sock.destroy();
    });
    client.once("close", () => resolve(how));
  });
}

/** ssh2 says in `level` where an error comes from. */
function failureOf(cause: unknown, login: Login, { host }: SshConfig): TransportFailure {
  const { message } = cause instanceof Error ? cause : new Error(String(cause));
  const level = cause instanceof Error && "level" in cause ? cause.level : undefined;
  if (level === "agent") return login.notSigned(message);
  if (level !== "handshake")
    return login.broken(message === "No response from server" ? "the host closed the connection" : message);
  const reason = /no matching/i.test(message) ? "unsupported" : /signature/i.test(message) ? "host-key" : "unreachable";
  return { reason, message: `Could not shake hands with ${host}: ${message}` };
}
