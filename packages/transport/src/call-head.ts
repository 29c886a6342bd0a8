/**
 * The call to a port of `openHeadPort`: TLS 1.3 with the pre-shared key. Only who knows the key can be at the port.
 */
import { connect as connectTcp, type Socket } from "node:net";
import { connect as connectTls, type TLSSocket } from "node:tls";
import { once } from "node:events";
import { after, showDuration } from "@hyperion-ts/bounds";
import type { PortAddress } from "./head-port.ts";

/** How long a host may take to answer before the next one is tried, in milliseconds. */
const CALL_TIMEOUT_MS = 5_000;

/**
 * Connects to the first host that answers: those by which this node's session knows the head (`env`), then those of the address.
 *
 * @throws Error that names all hosts, when none answers
 */
export async function callHead(address: PortAddress, env: NodeJS.ProcessEnv = {}): Promise<TLSSocket> {
  const failures: string[] = [];
  for (const host of new Set([...hostsOfSession(env), ...address.hosts])) {
    try {
      return await callHost(host, address);
    } catch (error) {
      failures.push(`${host}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  throw new Error(
    `The program's port ${address.port} could not be reached from this node (${failures.join("; ")}). Is there a firewall between the nodes?`,
  );
}

/** Under which addresses the node already knows the head: the other end of its ssh connection, the host that srun was run on. */
const hostsOfSession = ({ SSH_CONNECTION, SLURM_LAUNCH_NODE_IPADDR }: NodeJS.ProcessEnv): string[] =>
  [SSH_CONNECTION?.split(" ")[0], SLURM_LAUNCH_NODE_IPADDR].flatMap((host) =>
    host === undefined || host === "" ? [] : [host],
  );

async function callHost(host: string, { port, identity, key }: PortAddress): Promise<TLSSocket> {
  const socket = connectTcp({ host, port, noDelay: true });
  try {
    await within(CALL_TIMEOUT_MS, socket, "connect");
    const tls = connectTls({
      socket,
      minVersion: "TLSv1.3",
      pskCallback: () => ({ psk: Buffer.from(key, "base64"), identity }),
      checkServerIdentity: () => undefined,
    });
    await within(CALL_TIMEOUT_MS, tls, "secureConnect");
    return tls;
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

/** Waits for an event of a socket; what becomes of the socket later is the caller's affair. */
async function within(timeoutMs: number, socket: Socket, event: string): Promise<void> {
  using _late = after(timeoutMs, () => socket.destroy(new Error(`no answer within ${showDuration(timeoutMs)}`)));
  await once(socket, event);
}
