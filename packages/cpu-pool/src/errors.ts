/**
 * Why a request can't be served, beside never-fits-error.ts. All have a stable `code`. A wrong number in a
 * request or a node is a RangeError; an abort rethrows the signal's reason.
 */
import { describeAsked } from "./never-fits-error.ts";
import type { PoolRequest, Shape } from "./shape.ts";
import { describeWait, type WaitReason } from "./wait-reason.ts";

/** The request was not served in the time that its caller gave it. */
export class ReserveTimeoutError extends Error {
  override readonly name = "ReserveTimeoutError";
  readonly code = "reserve-timed-out";
  /** As it was given to `reserve`. */
  readonly request: PoolRequest;
  /** How long it waited, in milliseconds. */
  readonly timeoutMs: number;
  /** What the request waited for when the time was over. */
  readonly waitReason: WaitReason | undefined;

  constructor(asked: Shape, request: PoolRequest, timeoutMs: number, waitReason: WaitReason | undefined) {
    const why = waitReason === undefined ? "" : `: ${describeWait(waitReason)}`;
    super(
      `No lease for ${describeAsked(asked)} after ${timeoutMs} ms${why}. Wait longer, ask for less, or release leases earlier.`,
    );
    this.request = request;
    this.timeoutMs = timeoutMs;
    this.waitReason = waitReason;
  }
}

/** What is the matter with a node's name. */
export type NodeProblem = "unknown-node" | "duplicate-node" | "node-draining" | "node-removed";

/** A node was named that is not there, is there already, or is going or gone. */
export class NodeError extends Error {
  override readonly name = "NodeError";
  /** What is the matter with the node. */
  readonly code: NodeProblem;
  /** The node's name. */
  readonly node: string;

  /** `detail` says for a removed node why it was removed, for an unknown one which there are; `who` asks, if that is known. */
  constructor(code: NodeProblem, node: string, detail = "", who = "") {
    super(`${who === "" ? "" : `${who}: `}${describeProblem(code, node, detail)}`);
    this.code = code;
    this.node = node;
  }
}

function describeProblem(code: NodeProblem, node: string, detail: string): string {
  switch (code) {
    case "unknown-node":
      return `The pool has no node ${node}. ${detail === "" ? "Its snapshot() lists the nodes that it has." : detail}`;
    case "duplicate-node":
      return `The pool has a node ${node} already. Remove that one first, or give this one another name.`;
    case "node-draining":
      return `Node ${node} is being drained and takes no new leases. Ask without a node, or for another one.`;
    case "node-removed":
      return `Node ${node} was removed from the pool: ${detail}. Ask without a node, or for another one.`;
    default:
      return code satisfies never;
  }
}
