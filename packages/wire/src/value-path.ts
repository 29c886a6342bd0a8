/** Where in a value something is, for the message that refuses it: `$.points[3].callback`. */

import { NodeTag, type Slot } from "./value-graph.ts";

/** A node while its slots are being filled, and where it was found; the root has no parent. */
export interface PlacedNode {
  /** Its slots up to now. */
  readonly node: readonly Slot[];
  /** The node in which it was found. */
  readonly parent: PlacedNode | undefined;
  /** The node is the slot of its parent with this index. */
  readonly position: number;
}

/** The path to what would be the next slot of `parent`. */
export function pathOf(parent: PlacedNode | undefined): string {
  const steps: string[] = [];
  for (let at = parent, position = at?.node.length ?? 0; at !== undefined; position = at.position, at = at.parent) {
    steps.push(stepInto(at.node, position));
  }
  return `$${shorten(steps.toReversed()).join("")}`;
}

/** Steps kept at either end of a path; what lies between them in a deep value says little. */
const SHOWN_STEPS = 16;

function shorten(steps: readonly string[]): readonly string[] {
  if (steps.length <= 2 * SHOWN_STEPS) return steps;
  return [...steps.slice(0, SHOWN_STEPS), " ... ", ...steps.slice(-SHOWN_STEPS)];
}

function stepInto(node: readonly Slot[], position: number): string {
  const key = node[position - 1];
  const tag: unknown = node[0];
  switch (tag) {
    case NodeTag.array:
    case NodeTag.set:
      return `[${position - 1}]`;
    case NodeTag.sparseArray:
      return `[${String(key)}]`;
    case NodeTag.map:
      return position % 2 === 1 ? `.keys()[${(position - 1) / 2}]` : `.get(${keyText(key)})`;
    default:
      return typeof key === "string" && /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(key)
        ? `.${key}`
        : `[${keyText(key)}]`;
  }
}

function keyText(key: Slot): string {
  if (typeof key === "string") return JSON.stringify(key);
  return typeof key === "object" && key !== null ? "..." : String(key);
}
