/** Syntax trees (ESTree) of which only a few kinds of nodes matter: the rest is walked through, whatever it is. */

/** A node of whichever kind. */
export interface TreeNode {
  readonly type: string;
  /** Where it stands in the text, in UTF-16 code units. */
  readonly start: number;
  readonly end: number;
  readonly [part: string]: unknown;
}

/** Whether it is one. */
export const isNode = (value: unknown): value is TreeNode =>
  typeof value === "object" && value !== null && "type" in value && typeof value.type === "string" && "start" in value;

/** The nodes directly below a node. */
export const childNodes = (node: TreeNode): readonly TreeNode[] =>
  Object.values(node).flatMap((value) => (Array.isArray(value) ? value.filter(isNode) : isNode(value) ? [value] : []));
