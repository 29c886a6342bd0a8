/** Walking over a syntax tree, and its text without what a formatter may change. */
import type { AnyNode } from "acorn";

/** What tells where something stands in its file, and not what it says. */
const PLACE: ReadonlySet<string> = new Set(["start", "end", "loc", "range", "sourceFile"]);

/** The nodes directly below a node. */
export const childNodes = (node: AnyNode): readonly AnyNode[] =>
  Object.values(node).flatMap((value: unknown) =>
    Array.isArray(value) ? value.filter(isNode) : isNode(value) ? [value] : [],
  );

const isNode = (value: unknown): value is AnyNode =>
  typeof value === "object" && value !== null && "type" in value && typeof value.type === "string";

/** The same text for the same code, whatever its layout, comments, quotes and semicolons. */
export const meaningOf = (node: object): string =>
  JSON.stringify(node, function (this: object, key, value: unknown) {
    // A literal's `raw` is its spelling; a template's belongs to what a tag function is given.
    if (PLACE.has(key) || (key === "raw" && "type" in this)) return undefined;
    return typeof value === "bigint" || value === Number.POSITIVE_INFINITY ? String(value) : value;
  });
