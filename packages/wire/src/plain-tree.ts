/**
 * The look before the leap of every encoding: would MessagePack alone give this value back exactly? It runs on every
 * call, so it allocates one set at most and stops at the first thing that is not plain.
 */

/** What the look has found in a plain tree. */
export interface PlainTree {
  /** The objects in it. */
  readonly objects: ReadonlySet<object>;
  /** The bytes of its typed arrays. */
  readonly binaryBytes: number;
}

/**
 * What is in `value`, where it is a tree of primitives, plain objects, arrays, dates and typed arrays in which nothing
 * occurs twice. Undefined where MessagePack would lose something (-0, holes, lone surrogates, keys that mean something
 * to the decoder, a reference to something seen before, any other class), for what cannot travel at all, and for trees
 * deeper than 100 levels.
 */
export function lookAtPlainTree(value: unknown): PlainTree | undefined {
  if (typeof value !== "object" || value === null) return isPlainPrimitive(value) ? PRIMITIVE : undefined;
  const tree = { objects: new Set<object>(), binaryBytes: 0 };
  return isPlainObject(value, tree, 0) ? tree : undefined;
}

interface Look {
  readonly objects: Set<object>;
  binaryBytes: number;
}

const MAX_DEPTH = 100;

const PRIMITIVE: PlainTree = { objects: new Set(), binaryBytes: 0 };

/** Of anything but an object. */
function isPlainPrimitive(value: unknown): boolean {
  if (typeof value === "number") return value !== 0 || 1 / value > 0;
  if (typeof value === "string") return isPlainString(value);
  return typeof value !== "function" && typeof value !== "symbol";
}

function isPlainObject(value: object, look: Look, depth: number): boolean {
  if (look.objects.has(value) || depth === MAX_DEPTH) return false;
  look.objects.add(value);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Object.prototype) return isPlainRecord(value as Readonly<Record<string, unknown>>, look, depth);
  if (Array.isArray(value)) return prototype === Array.prototype && isPlainArray(value, look, depth);
  if (ArrayBuffer.isView(value)) look.binaryBytes += value.byteLength;
  return LEAF_PROTOTYPES.has(prototype);
}

function isPlainArray(array: readonly unknown[], look: Look, depth: number): boolean {
  for (let index = 0; index < array.length; index++) {
    const item = array[index];
    if (typeof item === "object" && item !== null) {
      if (!isPlainObject(item, look, depth + 1)) return false;
    } else if (!isPlainPrimitive(item) || (item === undefined && !(index in array))) return false;
  }
  return true;
}

/** `for in` is four times as fast as Object.entries; what it finds beyond own fields can only make the answer stricter. */
function isPlainRecord(record: Readonly<Record<string, unknown>>, look: Look, depth: number): boolean {
  if (record.constructor !== Object) return false;
  // oxlint-disable-next-line guard-for-in
  for (const key in record) {
    if (key === "__proto__" || key === "__keys__" || !isPlainString(key)) return false;
    const item = record[key];
    if (typeof item === "object" && item !== null) {
      if (!isPlainObject(item, look, depth + 1)) return false;
    } else if (!isPlainPrimitive(item)) return false;
  }
  return true;
}

/** A decoder takes a byte order mark at the start of a string for its own, and drops it. */
const isPlainString = (text: string): boolean => text.isWellFormed() && text.charCodeAt(0) !== 0xfeff;

/** The classes besides Object and Array that MessagePack with msgpackr's extensions keeps. */
const LEAF_PROTOTYPES: ReadonlySet<unknown> = new Set([
  Date.prototype,
  Buffer.prototype,
  Int8Array.prototype,
  Uint8Array.prototype,
  Uint8ClampedArray.prototype,
  Int16Array.prototype,
  Uint16Array.prototype,
  Int32Array.prototype,
  Uint32Array.prototype,
  Float32Array.prototype,
  Float64Array.prototype,
  BigInt64Array.prototype,
  BigUint64Array.prototype,
]);
