/**
 * The one port of a process on which others call it: agents their head, where the streams of their sessions are too slow (srun),
 * and heads of Slurm jobs their program, where nobody gets in to them. TCP under TLS 1.3 with a pre-shared key. Each caller has a
 * key of its own, random: an agent's is used once, and told to it on the standard input of its session. Whoever has none gets
 * no further than the handshake.
 */
import { randomBytes, randomUUID } from "node:crypto";
import { once } from "node:events";
import { hostname, networkInterfaces } from "node:os";
import { createServer, type Server, type TLSSocket } from "node:tls";
import { checkValue, duration, LONGEST_TIMER_MS, whole } from "@hyperion-ts/bounds";

/** What a caller has to know of the port: where it is, and the key. */
export interface PortAddress {
  /** The names and addresses by which nodes may know this machine. */
  readonly hosts: readonly string[];
  /** The number of the port. */
  readonly port: number;
  /** The name of the key, random. */
  readonly identity: string;
  /** The key that the caller has to show: 32 random bytes, in base64. */
  readonly key: string;
}

/** An agent that is expected at the port, once, and what it has to be told (the `connect` message). Disposing of it ends the wait. */
export interface Invitation extends PortAddress, Disposable {
  /** Resolves with the agent's connection. */
  readonly arrived: Promise<TLSSocket>;
}

/** A port of this process that others call. Disposing of it closes the port; connections stay. */
export interface HeadPort extends AsyncDisposable {
  /** Its number. */
  readonly port: number;
  /** Expects an agent, with a key of its own. */
  invite(): Invitation;
  /** Expects somebody who may call again and again, with a key of their own, until it is disposed of; `arrived` gets each connection. */
  admit(arrived: (socket: TLSSocket) => void): PortAddress & Disposable;
}

const KEY_BYTES = 32;
/** A handshake that takes longer is not one of our agents', in milliseconds. */
const HANDSHAKE_TIMEOUT_MS = 20_000;

interface Expected {
  readonly key: Buffer;
  readonly isForOnce: boolean;
  readonly resolve: (socket: TLSSocket) => void;
}

/**
 * Listens on `port` of all interfaces; 0, the default, lets the system choose. A caller that has not shown a key within
 * `handshakeTimeoutMs` (default 20,000) is hung up on.
 *
 * @throws TypeError or RangeError for a wrong `port` or time; the system's error when the port can't be had
 */
export async function openHeadPort(port = 0, handshakeTimeoutMs = HANDSHAKE_TIMEOUT_MS): Promise<HeadPort> {
  checkValue("openHeadPort", "port", port, whole(0, 65_535));
  checkValue("openHeadPort", "handshakeTimeoutMs", handshakeTimeoutMs, duration());
  const expected = new Map<string, Expected>();
  const callers = new WeakMap<TLSSocket, Expected>();
  const server = createServer({
    minVersion: "TLSv1.3",
    // What the two ends would choose by themselves (ChaCha20) makes large values a fifth slower where CPUs have AES.
    ciphers: "TLS_AES_128_GCM_SHA256",
    handshakeTimeout: Math.min(handshakeTimeoutMs, LONGEST_TIMER_MS),
    pskCallback: (socket, identity) => {
      const agent = expected.get(identity);
      if (agent === undefined) return null;
      if (agent.isForOnce) expected.delete(identity);
      callers.set(socket, agent);
      return agent.key;
    },
  });
  server.on("secureConnection", (socket) => callers.get(socket)?.resolve(socket));
  // A stranger's failed handshake is the stranger's affair. A caller that took too long for it is still connected.
  server.on("tlsClientError", (_error, socket) => socket.destroy());
  server.listen(port);
  await once(server, "listening");
  return new ListeningPort(server, expected);
}

class ListeningPort implements HeadPort {
  readonly port: number;
  readonly #server: Server;
  readonly #expected: Map<string, Expected>;

  constructor(server: Server, expected: Map<string, Expected>) {
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("The port has no number");
    this.port = address.port;
    this.#server = server;
    this.#expected = expected;
  }

  invite(): Invitation {
    const { promise, resolve } = Promise.withResolvers<TLSSocket>();
    return { ...this.#expect(true, resolve), arrived: promise };
  }

  admit(arrived: (socket: TLSSocket) => void): PortAddress & Disposable {
    return this.#expect(false, arrived);
  }

  #expect(isForOnce: boolean, arrived: (socket: TLSSocket) => void): PortAddress & Disposable {
    const identity = randomUUID();
    const key = randomBytes(KEY_BYTES);
    this.#expected.set(identity, { key, isForOnce, resolve: (socket) => arrived(socket.setNoDelay(true)) });
    return {
      hosts: ownNames(),
      port: this.port,
      identity,
      key: key.toString("base64"),
      [Symbol.dispose]: () => void this.#expected.delete(identity),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close();
  }
}

/** Under which names other nodes may know this machine. */
function ownNames(): string[] {
  const addresses = Object.values(networkInterfaces()).flatMap((interfaces) =>
    (interfaces ?? []).filter(({ internal, scopeid }) => !internal && (scopeid ?? 0) === 0),
  );
  return [hostname(), ...addresses.map(({ address }) => address)];
}
