/** Where a worker can be: on this machine, or on another one. (Hyperion's WorkerAddr) */
import { hostname } from "node:os";

/**
 * `LocalHost` is this machine; `hostname` is the name that messages call it by (default: its own). A `RemoteAddr`
 * is reached through a transport, which knows it by `hostname`: a name of Slurm's, of DNS or of the ssh configuration.
 */
export type WorkerAddr =
  /** This machine. */
  | { readonly type: "LocalHost"; readonly hostname?: string }
  /** Another machine. */
  | { readonly type: "RemoteAddr"; readonly hostname: string };

/** The name by which messages and results call the node. */
export const nodeName = (addr: WorkerAddr): string => addr.hostname ?? hostname();
