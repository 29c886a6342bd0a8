/**
 * node-ssh, and the ssh2 that it is made of, loaded when the first connection is made: a worker loads this package
 * with the user's functions, and never connects.
 */
import type * as ssh2 from "ssh2";
import type { NodeSSH } from "node-ssh";

/** What this package uses of ssh2. */
export type Ssh2 = Pick<typeof ssh2, "BaseAgent" | "OpenSSHAgent" | "utils">;

/** The libraries of a connection. */
export interface SshLibraries {
  /** The class of a connection. */
  readonly NodeSSH: typeof NodeSSH;
  /** Agents and keys. */
  readonly ssh2: Ssh2;
}

/** Loads both libraries, once. */
export async function loadSsh(): Promise<SshLibraries> {
  const [{ NodeSSH }, { default: ssh2 }] = await Promise.all([import("node-ssh"), import("ssh2")]);
  return { NodeSSH, ssh2 };
}
