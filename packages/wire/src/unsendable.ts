/**
 * What cannot travel at all: values that stand for something in this process (code, a promise, a handle), which would
 * arrive as an empty object and be missed only later.
 */

import { types } from "node:util";

/**
 * What `value` is, in words ("a function", "a Promise"), where it cannot travel; undefined where it can. Looks at the
 * value alone and not at what it holds.
 */
export function unsendableKind(value: unknown): string | undefined {
  if (typeof value === "function") return "a function";
  if (typeof value === "symbol") return "a symbol";
  return typeof value === "object" && value !== null ? handleKind(value) : undefined;
}

/** A short text in place of a value that cannot travel, for where something must arrive: inside an error. */
export function describeUnsendable(value: unknown): string {
  if (typeof value === "function") return `[function ${value.name === "" ? "without a name" : value.name}]`;
  if (typeof value === "symbol") return `[${String(value)}]`;
  return `[${unsendableKind(value) ?? `an object of class ${classOf(value)}`} that cannot travel]`;
}

function handleKind(value: object): string | undefined {
  if (types.isPromise(value)) return "a Promise";
  if (types.isWeakMap(value)) return "a WeakMap";
  if (types.isWeakSet(value)) return "a WeakSet";
  if (types.isGeneratorObject(value)) return "a generator";
  if (types.isSharedArrayBuffer(value)) return "a SharedArrayBuffer";
  const handle = handleClasses().find((Class) => value instanceof Class);
  return handle && `an object of class ${classOf(value)} (${handle.name})`;
}

/** Not a constant: the runtime loads its streams when they are named first, and most processes never meet such a value. */
const handleClasses = () => [WeakRef, EventTarget, ReadableStream, WritableStream] as const;

function classOf(value: unknown): string {
  const prototype: unknown = Object.getPrototypeOf(value);
  const constructor: unknown =
    prototype === null ? undefined : Reflect.getOwnPropertyDescriptor(Object(prototype), "constructor")?.value;
  return typeof constructor === "function" && constructor.name !== "" ? constructor.name : "Object";
}
