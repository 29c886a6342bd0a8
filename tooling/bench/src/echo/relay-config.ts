/** What a relay is told: what of it is no secret on its command line, the rest on its standard input. */
import type { WriteMode } from "./frame-output.ts";

export interface RelayConfig {
  readonly writes: WriteMode;
  /** For each echo process: the CPUs that it is pinned to; null: it is not pinned. Empty: the relay itself is the echo. */
  readonly cpuLists: readonly (string | null)[];
  /** Whether it is to call a port under TLS; the first line of its standard input is then an `EchoInvitation`. */
  readonly tls: boolean;
}

/** Where a relay calls, and as who: TLS 1.3 with a pre-shared key, as agents do. */
export interface EchoInvitation {
  readonly hosts: readonly string[];
  readonly port: number;
  readonly identity: string;
  /** In base64. */
  readonly key: string;
}
