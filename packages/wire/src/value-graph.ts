/**
 * Any value as a table of nodes: what the writer makes and the reader takes. An object is a node, a reference to it is
 * the node's number, so cycles and shared references need nothing special, and neither side recurses: depth has no
 * limit. The table itself is plain data that MessagePack keeps exactly.
 */

/** The whole value: its root, and the objects in the order in which the writer met them. */
export type ValueGraph = readonly [root: Slot, nodes: readonly Node[]];

/**
 * A place for a value: a primitive as it is; `[n]` for node number n; `[-1]` for -0; bytes for a string that UTF-8
 * cannot hold, as UTF-16 (little-endian). In a `binary` node, bytes are bytes.
 */
export type Slot = Primitive | readonly [number] | Uint8Array;

/** What MessagePack keeps by itself. */
export type Primitive = string | number | bigint | boolean | null | undefined;

/** The slot of -0, which MessagePack would write as 0. */
export const MINUS_ZERO: Slot = [-1];

/** What kind of object a node is: the first element of it. The numbers are the format; never reuse one. */
export const NodeTag = {
  /** Then key, value, key, value, ... */
  object: 0,
  /** The same, with a null prototype. */
  nullObject: 1,
  /** Then the items. */
  array: 2,
  /** An array with holes. Then its length, and index, item, index, item, ... */
  sparseArray: 3,
  /** Then key, value, key, value, ... */
  map: 4,
  /** Then the items. */
  set: 5,
  /** Then milliseconds since 1970, or NaN. */
  date: 6,
  /** Then source, flags, lastIndex. */
  regExp: 7,
  /** Bytes of an ArrayBuffer or a view on one. Then the class's name, and the bytes. */
  binary: 8,
  /** Then built-in class, name, message, stack (or undefined), and field, value, field, value, ... */
  error: 9,
} as const;

/** One object: a number of NodeTag, and what is said there to follow it. */
export type Node = readonly Slot[];
