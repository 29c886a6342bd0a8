/** Why calls wait: as data for programs, as a clause for people. */

/** What the first of the waiting calls waits for. */
export type CallWaitReason =
  /** No node (or not the node that it names) has so many CPUs idle. */
  | { readonly kind: "no-cpus-free"; readonly cpus: number; readonly mostIdle: number }
  /** CPUs are there, but not with the GPUs or the memory that it asks for beside them. */
  | { readonly kind: "no-gpus-or-memory-free"; readonly gpus: number; readonly memoryMb: number }
  /** First in line: `node` is earmarked for it, so that what comes free there is kept for it alone. */
  | { readonly kind: "earmarked"; readonly node: string; readonly cpus: number; readonly idle: number }
  /** It would fit on `node`, which is earmarked for the first in line. */
  | { readonly kind: "behind"; readonly node: string }
  /** No node that is there can serve it yet; some are still being connected to. */
  | { readonly kind: "nodes-connecting" }
  /** It has its CPUs; its worker process starts. */
  | { readonly kind: "worker-starting"; readonly node: string }
  /** No call runs: the first of them waits for its worker to import the module (a URL) that defines its function. */
  | { readonly kind: "module-loading"; readonly node: string; readonly module: string }
  /** CPUs would be there, but no worker came up on them the last time: they are left alone for so long. */
  | { readonly kind: "starts-pause"; readonly node: string; readonly cpus: number; readonly forMs: number }
  /** A module can't be loaded on `node`, which gets no calls until it is known whether that is the node's fault. */
  | { readonly kind: "node-on-trial"; readonly node: string }
  /** An equal call computes the value already: here, or (`elsewhere`) in another job of the program. */
  | { readonly kind: "equal-call"; readonly elsewhere: boolean; readonly callers: number }
  /** Its value is computed, and is being written to the database's disk. */
  | { readonly kind: "commit" }
  /** The run is being ended: no call begins any more. */
  | { readonly kind: "ending" };

/** The reason as a clause: "its worker on n3 starts". */
export function describeCallWait(reason: CallWaitReason): string {
  switch (reason.kind) {
    case "no-cpus-free":
      return `no node has ${reason.cpus} CPUs idle (the most is ${reason.mostIdle})`;
    case "no-gpus-or-memory-free":
      return `no node with enough idle CPUs has ${reason.gpus} GPUs and ${reason.memoryMb} MB of memory idle beside them`;
    case "earmarked":
      return `it is first in line and waits for room on node ${reason.node} (needs ${reason.cpus} idle CPUs, ${reason.idle} now)`;
    case "behind":
      return `it would fit on node ${reason.node}, which is kept for a request that came before it`;
    case "nodes-connecting":
      return "nodes are still being connected to, and none that is there can serve it yet";
    case "worker-starting":
      return `its worker on ${reason.node} starts`;
    case "module-loading":
      return `its worker on ${reason.node} loads ${fileName(reason.module)}`;
    case "starts-pause":
      return `no worker came up on ${reason.cpus} CPUs of node ${reason.node}, which pause for another ${(reason.forMs / 1_000).toFixed(1)} s`;
    case "node-on-trial":
      return `node ${reason.node} could not load a module, and gets no calls until it is known who is to blame`;
    case "equal-call":
      return reason.elsewhere
        ? "another job of the program computes this value"
        : `an equal call computes this value (${reason.callers} wait for it)`;
    case "commit":
      return "its value is computed, and is being written to the database's disk";
    case "ending":
      return "no call begins any more";
    default:
      return reason satisfies never;
  }
}

/** The last part of a file's URL; another kind of module as it is. */
function fileName(module: string): string {
  if (!module.startsWith("file:")) return module;
  return decodeURIComponent(new URL(module).pathname.replace(/^.*\//, ""));
}
