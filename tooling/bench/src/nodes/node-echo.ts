/** An echo on another node, reached just as an agent is: the same transport, and TLS where the link has it. */
import type { Readable, Writable } from "node:stream";
import { type HeadPort, openHeadPort, openTransport } from "@hyperion-ts/launcher";
import { EchoClient } from "../echo/echo-client.ts";
import type { WriteMode } from "../echo/frame-output.ts";
import type { EchoInvitation, RelayConfig } from "../echo/relay-config.ts";
import { relayProgram } from "../echo/relayed-echo.ts";
import type { Link } from "./link.ts";

/** Disposing of it ends its processes. */
export interface NodeEcho extends AsyncDisposable {
  /** Sends, and hears what comes back. */
  readonly client: EchoClient;
}

/** How an echo is started. */
export interface NodeEchoOptions {
  /** Whether the relay joins what it writes. */
  readonly writes: WriteMode;
  /** For each echo process behind the relay the CPUs that it is kept to, or null. Empty: the echo is at the end of the connection itself. */
  readonly cpuLists: readonly (string | null)[];
  /** What the process at the end of the connection is kept to. Default: nothing. */
  readonly endCpus?: string;
}

/** Starts an echo on `node`. */
export async function openNodeEcho(
  { transport, tls }: Link,
  node: string,
  { writes, cpuLists, endCpus }: NodeEchoOptions,
): Promise<NodeEcho> {
  await using parts = new AsyncDisposableStack();
  const config: RelayConfig = { writes, cpuLists, tls };
  const command = [
    ...(endCpus === undefined ? [] : ["taskset", "--cpu-list", endCpus]),
    process.execPath,
    relayProgram,
    JSON.stringify(config),
  ];
  const session = parts.use(
    await openTransport(transport, console.error).open(node, command, AbortSignal.timeout(START_TIMEOUT_MS)),
  );
  session.stderr.on("data", (chunk: Buffer) => process.stderr.write(chunk));
  const { input, output } = tls
    ? await called(parts.use(await openHeadPort()), session.stdin)
    : { input: session.stdout, output: session.stdin };
  const client = new EchoClient(input, output, writes, Math.max(1, cpuLists.length));
  await client.ready();
  const open = parts.move();
  return { client, [Symbol.asyncDispose]: () => open.disposeAsync() };
}

const START_TIMEOUT_MS = 30_000;

/** Invites the relay to the port; resolves with its connection. */
async function called(port: HeadPort, stdin: Writable): Promise<{ input: Readable; output: Writable }> {
  const { hosts, port: number, identity, key, arrived } = port.invite();
  const invitation: EchoInvitation = { hosts, port: number, identity, key };
  stdin.write(`${JSON.stringify(invitation)}\n`);
  const socket = await arrived;
  return { input: socket, output: socket };
}
