/** Why a request is not served yet: as data for programs, as a sentence for people. */

/** Where a waiting request stands. */
export type WaitReason =
  /** No node that takes leases (or not the node that it names) has so many CPUs idle. */
  | { readonly kind: "no-cpus-free"; readonly cpus: number; readonly mostIdle: number }
  /** CPUs are there, but not with the GPUs or the memory that it asks for beside them. */
  | { readonly kind: "no-gpus-or-memory-free"; readonly gpus: number; readonly memoryMb: number }
  /** First in line: `node` is earmarked for it, so that what comes free there is kept for it alone. */
  | { readonly kind: "earmarked"; readonly node: string; readonly cpus: number; readonly idle: number }
  /** It would fit on `node`, which is earmarked for the first in line. */
  | { readonly kind: "behind"; readonly node: string };

/** The reason as a clause: "no node has 8 CPUs idle (the most is 3)". */
export function describeWait(reason: WaitReason): string {
  switch (reason.kind) {
    case "no-cpus-free":
      return `no node has ${reason.cpus} CPUs idle (the most is ${reason.mostIdle})`;
    case "no-gpus-or-memory-free":
      return `no node with enough idle CPUs has ${reason.gpus} GPUs and ${reason.memoryMb} MB of memory idle beside them`;
    case "earmarked":
      return `it is first in line and waits for room on node ${reason.node} (needs ${reason.cpus} idle CPUs, ${reason.idle} now)`;
    case "behind":
      return `it would fit on node ${reason.node}, which is kept for a request that came before it`;
    default:
      return reason satisfies never;
  }
}
