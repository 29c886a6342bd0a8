/** Why calls wait: as data for programs, as a clause for people. */
import { describeWait, type WaitReason } from "@hyperion-ts/cpu-pool";

/** What the first of the waiting calls waits for. */
export type CallWaitReason =
  /** For CPUs, GPUs or memory of the nodes that are there. */
  | WaitReason
  /** No node that is there could serve it; others are still being connected to. */
  | { readonly kind: "nodes-connecting" }
  /** It has its CPUs; its worker process starts. */
  | { readonly kind: "worker-starting"; readonly node: string }
  /** The run is being ended: no call begins any more. */
  | { readonly kind: "ending" };

/** The reason as a clause: "its worker on n3 starts". */
export function describeCallWait(reason: CallWaitReason): string {
  switch (reason.kind) {
    case "nodes-connecting":
      return "no node that is there is large enough, and others are still being connected to";
    case "worker-starting":
      return `its worker on ${reason.node} starts`;
    case "ending":
      return "no call begins any more";
    default:
      return describeWait(reason);
  }
}
