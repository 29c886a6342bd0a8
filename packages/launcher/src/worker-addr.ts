/** Where a worker can be: on this machine, or on another one. (Hyperion's WorkerAddr) */
import { hostname } from "node:os";

/** `LocalHost` is this machine; `hostname` is the name that messages call it by (default: its own). */
export type WorkerAddr = { readonly type: "LocalHost"; readonly hostname?: string };

/** The name by which messages and results call the node. */
export const nodeName = (addr: WorkerAddr): string => addr.hostname ?? hostname();
