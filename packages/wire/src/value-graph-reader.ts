/**
 * From a table of nodes to the value. First each node gets its empty object, then each object is filled: by then all
 * that it can refer to exists. The table comes from a peer and is checked as it is read.
 */

import { bytesToObject } from "./binary.ts";
import { errorFromParts, isBuiltInErrorName, setErrorField } from "./error-parts.ts";
import { NodeTag } from "./value-graph.ts";

/**
 * The value that `table` was written from.
 *
 * @throws Error when `table` is no ValueGraph.
 */
export function readValueGraph(table: unknown): unknown {
  const [root, nodeList] = arrayOf(table);
  const nodes = arrayOf(nodeList).map((node) => startNode(arrayOf(node)));
  const valueAt = (slot: unknown) => valueOfSlot(slot, nodes);
  for (const { fill } of nodes) fill(valueAt);
  return valueAt(root);
}

type ValueAt = (slot: unknown) => unknown;

/** An object that exists, and how it gets its contents. */
interface StartedNode {
  readonly object: object;
  readonly fill: (valueAt: ValueAt) => void;
}

function valueOfSlot(slot: unknown, nodes: readonly StartedNode[]): unknown {
  if (typeof slot !== "object" || slot === null) return slot;
  if (slot instanceof Uint8Array) return utf16(slot);
  const [id] = arrayOf(slot);
  if (id === -1) return -0;
  const node = typeof id === "number" ? nodes[id] : undefined;
  if (node === undefined) throw new Error(`it refers to node ${String(id)}, which it does not have`);
  return node.object;
}

function startNode(node: readonly unknown[]): StartedNode {
  switch (node[0]) {
    case NodeTag.object:
      return startRecord({}, node);
    case NodeTag.nullObject:
      return startRecord(Object.create(null) as Record<string, unknown>, node);
    case NodeTag.array:
      return startArray(node);
    case NodeTag.sparseArray:
      return startSparseArray(node);
    case NodeTag.map:
      return startMap(node);
    case NodeTag.set:
      return startSet(node);
    case NodeTag.date:
      return leaf(new Date(numberOf(node[1])));
    case NodeTag.regExp:
      return leaf(regExp(node));
    case NodeTag.binary:
      return leaf(bytesToObject(textOf(node[1]), bytesOf(node[2])));
    case NodeTag.error:
      return startError(node);
    default:
      throw new Error(`it has a node of unknown kind ${String(node[0])}`);
  }
}

const leaf = (object: object): StartedNode => ({ object, fill: () => undefined });

function startRecord(object: Record<string, unknown>, node: readonly unknown[]): StartedNode {
  const fill = (valueAt: ValueAt) => {
    for (let at = 1; at < node.length; at += 2) setField(object, textOf(valueAt(node[at])), valueAt(node[at + 1]));
  };
  return { object, fill };
}

function startArray(node: readonly unknown[]): StartedNode {
  const object: unknown[] = [];
  const fill = (valueAt: ValueAt) => {
    for (let at = 1; at < node.length; at++) object.push(valueAt(node[at]));
  };
  return { object, fill };
}

/** The greatest length first turns the array into a table of its items, so that a claimed length takes no memory. */
function startSparseArray(node: readonly unknown[]): StartedNode {
  const object: unknown[] = [];
  object.length = MAX_ARRAY_LENGTH;
  object.length = numberOf(node[1]);
  const fill = (valueAt: ValueAt) => {
    for (let at = 2; at < node.length; at += 2) object[indexOf(node[at], object)] = valueAt(node[at + 1]);
  };
  return { object, fill };
}

function startMap(node: readonly unknown[]): StartedNode {
  const object = new Map<unknown, unknown>();
  const fill = (valueAt: ValueAt) => {
    for (let at = 1; at < node.length; at += 2) object.set(valueAt(node[at]), valueAt(node[at + 1]));
  };
  return { object, fill };
}

function startSet(node: readonly unknown[]): StartedNode {
  const object = new Set<unknown>();
  const fill = (valueAt: ValueAt) => {
    for (let at = 1; at < node.length; at++) object.add(valueAt(node[at]));
  };
  return { object, fill };
}

function startError([, builtIn, ...slots]: readonly unknown[]): StartedNode {
  if (!isBuiltInErrorName(builtIn)) throw new Error(`it has an error of unknown class ${String(builtIn)}`);
  const [name, message, stack] = slots.slice(0, 3).map(textInSlot);
  const object = errorFromParts({ builtIn, name: name ?? builtIn, message: message ?? "", stack });
  const fill = (valueAt: ValueAt) => {
    for (let at = 3; at < slots.length; at += 2)
      setErrorField(object, textOf(valueAt(slots[at])), valueAt(slots[at + 1]));
  };
  return { object, fill };
}

function regExp([, source, flags, lastIndex]: readonly unknown[]): RegExp {
  const expression = new RegExp(textInSlot(source) ?? "", textOf(flags));
  expression.lastIndex = numberOf(lastIndex);
  return expression;
}

const MAX_ARRAY_LENGTH = 2 ** 32 - 1;

/** Assignment would call the accessor of Object.prototype for `__proto__`. */
function setField(object: Record<string, unknown>, key: string, value: unknown): void {
  if (key !== "__proto__") object[key] = value;
  else Object.defineProperty(object, key, { value, enumerable: true, writable: true, configurable: true });
}

function textInSlot(slot: unknown): string | undefined {
  if (slot === undefined) return undefined;
  return slot instanceof Uint8Array ? utf16(slot) : textOf(slot);
}

const utf16 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf16le");

function indexOf(value: unknown, array: readonly unknown[]): number {
  const index = numberOf(value);
  if (!Number.isInteger(index) || index < 0 || index >= array.length) throw new Error(`it has no index ${index}`);
  return index;
}

function arrayOf(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new Error("it has something else where a node should be");
  return value;
}

function numberOf(value: unknown): number {
  if (typeof value !== "number") throw new Error("it has something else where a number should be");
  return value;
}

function textOf(value: unknown): string {
  if (typeof value !== "string") throw new Error("it has something else where a text should be");
  return value;
}

function bytesOf(value: unknown): Uint8Array {
  if (!(value instanceof Uint8Array)) throw new Error("it has something else where bytes should be");
  return value;
}
