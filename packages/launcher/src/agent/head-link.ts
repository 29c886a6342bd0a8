/**
 * Whether the machine of a silent head is still there. A head that computes in its event loop sends nothing for half
 * a minute, and so does one behind a network that was cut. But the kernel of the first one goes on acknowledging
 * what the agent sends, its heartbeats if nothing else, and this machine's kernel tells so in /proc/net/tcp: it repeats
 * what is not acknowledged, and counts how often. (proc(5); net/ipv4/tcp_ipv4.c, get_tcp4_sock)
 */
import { readFileSync } from "node:fs";
import { isIPv6, type Socket } from "node:net";

/** Both ends of a TCP connection, as this machine sees them. */
interface TcpPair {
  readonly localAddress: string;
  readonly localPort: number;
  readonly remoteAddress: string;
  readonly remotePort: number;
}

/** After so many repetitions of the same data nobody is taken to be there. */
const MANY_REPETITIONS = 2;
const RETRANSMIT_TIMER = 1;
const ZERO_WINDOW_TIMER = 4;

/** The TCP connection by which a head is reached, if that is known. */
export class HeadLink {
  readonly #pair: TcpPair | undefined;

  private constructor(pair: TcpPair | undefined) {
    this.#pair = pair;
  }

  /** The connection of the ssh session that this process runs in, if it runs in one (ssh(1), SSH_CONNECTION). */
  static ofSsh({ SSH_CONNECTION }: NodeJS.ProcessEnv): HeadLink {
    const [remoteAddress, remotePort, localAddress, localPort] = SSH_CONNECTION?.split(" ") ?? [];
    if (remoteAddress === undefined || localAddress === undefined) return new HeadLink(undefined);
    return new HeadLink({ remoteAddress, remotePort: Number(remotePort), localAddress, localPort: Number(localPort) });
  }

  /** The connection of this socket. */
  static ofSocket({ localAddress, localPort, remoteAddress, remotePort }: Socket): HeadLink {
    if (
      localAddress === undefined ||
      localPort === undefined ||
      remoteAddress === undefined ||
      remotePort === undefined
    )
      return new HeadLink(undefined);
    return new HeadLink({ localAddress, localPort, remoteAddress, remotePort });
  }

  /** Whether the other end acknowledges what is sent to it; false where that can't be known. */
  acknowledges(): boolean {
    if (this.#pair === undefined) return false;
    const lines = ["/proc/net/tcp", "/proc/net/tcp6"].flatMap(readLines);
    return acknowledgesIn(lines, this.#pair);
  }
}

/** Whether the other end of the connection `pair` acknowledges what is sent to it, by these lines of /proc/net/tcp and tcp6; false where they do not have it. */
export function acknowledgesIn(lines: readonly string[], pair: TcpPair): boolean {
  const local = new Set(procAddresses(pair.localAddress, pair.localPort));
  const remote = new Set(procAddresses(pair.remoteAddress, pair.remotePort));
  for (const line of lines) {
    const [, localEnd = "", remoteEnd = "", , , timer = "", repeated = "", , probes = ""] = line.trim().split(/\s+/);
    if (!local.has(localEnd) || !remote.has(remoteEnd)) continue;
    switch (Number.parseInt(timer.slice(0, 2), 16)) {
      case RETRANSMIT_TIMER:
        return Number.parseInt(repeated, 16) < MANY_REPETITIONS;
      case ZERO_WINDOW_TIMER:
        return Number(probes) < MANY_REPETITIONS;
      default:
        return true;
    }
  }
  return false;
}

/** An end of a connection as the kernel may write it: 32-bit words in the machine's byte order; IPv4 also inside of IPv6. */
function procAddresses(address: string, port: number): string[] {
  const v4 = address.replace(/^::ffff:(?=\d+\.)/, "");
  const portText = port.toString(16).toUpperCase().padStart(4, "0");
  const words = isIPv6(v4) ? ipv6Words(v4) : [v4.split(".").map(Number)];
  const text = words
    .map((bytes) =>
      bytes
        .toReversed()
        .map((byte) => byte.toString(16).toUpperCase().padStart(2, "0"))
        .join(""),
    )
    .join("");
  const texts = words.length === 1 ? [text, `0000000000000000FFFF0000${text}`] : [text];
  return texts.map((ends) => `${ends}:${portText}`);
}

/** The four 32-bit words of an IPv6 address, as bytes. */
function ipv6Words(address: string): number[][] {
  const [head = "", tail] = (address.split("%")[0] ?? "").split("::");
  const groups = (text: string | undefined): number[] =>
    text === undefined || text === "" ? [] : text.split(":").map((group) => Number.parseInt(group, 16));
  const front = groups(head);
  const back = groups(tail);
  const all = [...front, ...Array.from({ length: 8 - front.length - back.length }, () => 0), ...back];
  return [0, 2, 4, 6].map((i) => [all[i] ?? 0, all[i + 1] ?? 0].flatMap((group) => [group >> 8, group & 0xff]));
}

function readLines(path: string): string[] {
  try {
    return readFileSync(path, "utf8").split("\n");
  } catch {
    return [];
  }
}
