/** The ways to another node that are compared. */
import type { CommandTransport } from "@hyperion-ts/launcher";

/** One way to another node. */
export interface Link {
  /** The question's name. */
  readonly name: string;
  /** What it is called in the question. */
  readonly what: string;
  /** What starts the agent there. */
  readonly transport: CommandTransport;
  /** Whether frames travel over TLS, and the transport only starts the agent. */
  readonly tls: boolean;
  /** How much a large value has, in megabytes: what takes a moment, not a minute. */
  readonly megabytes: number;
}

/** All of them, in the order in which they are asked about. */
export const LINKS: readonly Link[] = [
  { name: "node-ssh", what: "node-ssh", transport: { type: "node-ssh" }, tls: false, megabytes: 32 },
  { name: "ssh", what: "the system's ssh", transport: { type: "ssh" }, tls: false, megabytes: 32 },
  { name: "tls", what: "TLS, with node-ssh beside it", transport: { type: "node-ssh" }, tls: true, megabytes: 32 },
  { name: "srun", what: "TLS, with srun beside it", transport: { type: "srun" }, tls: true, megabytes: 32 },
  { name: "srun-stdio", what: "the standard streams of srun", transport: { type: "srun" }, tls: false, megabytes: 2 },
];
