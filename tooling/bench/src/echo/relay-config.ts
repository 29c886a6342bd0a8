/** What a relay is told: what of it is no secret on its command line, the rest on its standard input. */
import type { WriteMode } from "./frame-output.ts";

/** What a relay is told on its command line. */
export interface RelayConfig {
  /** Whether it joins what it writes. */
  readonly writes: WriteMode;
  /** For each echo process: the CPUs that it is pinned to; null: it is not pinned. Empty: the relay itself is the echo. */
  readonly cpuLists: readonly (string | null)[];
  /** Whether it is to call a port under TLS; the first line of its standard input is then an `EchoInvitation`. */
  readonly tls: boolean;
}

/** Where a relay calls, and as who: TLS 1.3 with a pre-shared key, as agents do. */
export interface EchoInvitation {
  /** Names and addresses, to be tried in order. */
  readonly hosts: readonly string[];
  /** The TCP port. */
  readonly port: number;
  /** As who the relay calls; not secret. */
  readonly identity: string;
  /** In base64. */
  readonly key: string;
}
