/** The streams of a relay to the head: its standard ones, or a TLS connection of its own. */
import { once } from "node:events";
import { connect as connectTcp, Socket } from "node:net";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { connect as connectTls } from "node:tls";
import type { EchoInvitation } from "./relay-config.ts";

/** Where a relay reads and writes. */
export interface RelayStreams {
  /** What comes to the relay. */
  readonly input: Readable;
  /** What goes from the relay. */
  readonly output: Writable;
}

/** Descriptors 0 and 1, without the runtime's own streams, as an agent has them. */
export const standardStreams = (): RelayStreams => ({
  input: new Socket({ fd: 0, readable: true, writable: false }),
  output: new Socket({ fd: 1, readable: false, writable: true }),
});

/** A connection to the port that the first line of standard input names. The end of standard input ends the process. */
export async function streamsOverTls(): Promise<RelayStreams> {
  const lines = createInterface({ input: process.stdin }).on("close", () => process.exit(0));
  const [line]: string[] = await once(lines, "line");
  const { hosts, port, identity, key }: EchoInvitation = JSON.parse(line ?? "null");
  const socket = connectTcp({
    host: process.env["SSH_CONNECTION"]?.split(" ")[0] ?? hosts[0] ?? "",
    port,
    noDelay: true,
  });
  await once(socket, "connect");
  const tls = connectTls({
    socket,
    minVersion: "TLSv1.3",
    pskCallback: () => ({ psk: Buffer.from(key, "base64"), identity }),
    checkServerIdentity: () => undefined,
  });
  await once(tls, "secureConnect");
  return { input: tls, output: tls };
}
