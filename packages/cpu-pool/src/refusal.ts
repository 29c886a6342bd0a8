/** Why no node of a pool can ever serve a request. */
import { NodeError } from "./errors.ts";
import { NeverFitsError } from "./never-fits-error.ts";
import type { NodeRegistry } from "./node-registry.ts";
import type { Placement } from "./placement.ts";
import type { Shape } from "./shape.ts";

/** The error for a request of `shape`; `cause` says which node has left, where that is why. */
export function refusalOf(shape: Shape, nodes: NodeRegistry, placement: Placement, cause?: NodeError): Error {
  const options = cause === undefined ? undefined : { cause };
  if (shape.node === undefined) return new NeverFitsError(shape, placement.largest(), options);
  if (shape.node === cause?.node) return cause;
  const node = nodes.find(shape.node);
  if (node === undefined) return new NodeError("unknown-node", shape.node);
  if (node.phase === "draining") return new NodeError("node-draining", shape.node);
  return new NeverFitsError(shape, node.total, options);
}
