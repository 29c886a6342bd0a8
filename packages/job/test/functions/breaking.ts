/** Remote functions that break built-in functions of the runtime for whoever comes after them in their worker. */
import { z } from "zod";
import { defineRemote } from "../../src/index.ts";

/** Where a built-in function is, by its name. */
const places = {
  "Buffer.from": () => [Buffer, "from"],
  "Buffer.concat": () => [Buffer, "concat"],
  "Buffer.alloc": () => [Buffer, "alloc"],
  "Buffer.allocUnsafeSlow": () => [Buffer, "allocUnsafeSlow"],
  "Buffer.prototype.subarray": () => [Buffer.prototype, "subarray"],
  "Buffer.prototype.readUInt32LE": () => [Buffer.prototype, "readUInt32LE"],
  "Buffer.prototype.writeUInt16LE": () => [Buffer.prototype, "writeUInt16LE"],
  "Buffer.prototype.toString": () => [Buffer.prototype, "toString"],
  Uint8Array: () => [globalThis, "Uint8Array"],
  "Uint8Array.prototype.set": () => [Uint8Array.prototype, "set"],
  Buffer: () => [globalThis, "Buffer"],
  "DataView.prototype.setUint32": () => [DataView.prototype, "setUint32"],
  Promise: () => [globalThis, "Promise"],
  "Promise.prototype.then": () => [Promise.prototype, "then"],
  "Promise.resolve": () => [Promise, "resolve"],
  "JSON.parse": () => [JSON, "parse"],
  "JSON.stringify": () => [JSON, "stringify"],
  "Array.prototype.push": () => [Array.prototype, "push"],
  "Array.prototype.shift": () => [Array.prototype, "shift"],
  "Array.prototype.slice": () => [Array.prototype, "slice"],
  "Array.prototype[Symbol.iterator]": () => [Array.prototype, Symbol.iterator],
  "Array.isArray": () => [Array, "isArray"],
  Map: () => [globalThis, "Map"],
  "Map.prototype.get": () => [Map.prototype, "get"],
  "Map.prototype.set": () => [Map.prototype, "set"],
  "Set.prototype.add": () => [Set.prototype, "add"],
  "Object.keys": () => [Object, "keys"],
  "Object.entries": () => [Object, "entries"],
  "Object.getPrototypeOf": () => [Object, "getPrototypeOf"],
  "Math.round": () => [Math, "round"],
  "Math.max": () => [Math, "max"],
  "performance.now": () => [performance, "now"],
  "process.nextTick": () => [process, "nextTick"],
  "process.exit": () => [process, "exit"],
  setImmediate: () => [globalThis, "setImmediate"],
  "Function.prototype.call": () => [Function.prototype, "call"],
  "Function.prototype.apply": () => [Function.prototype, "apply"],
  "String.prototype.replace": () => [String.prototype, "replace"],
  "console.error": () => [console, "error"],
} as const satisfies Readonly<Record<string, () => readonly [object, PropertyKey]>>;

export type Place = keyof typeof places;
export const allPlaces = Object.keys(places) as readonly Place[];

/** Replaces a built-in function, at once or when it has returned, by one that throws, or that does nothing. */
export const breaks = defineRemote(import.meta, {
  name: "breaking/breaks",
  input: z.object({ place: z.enum(allPlaces), how: z.enum(["throws", "does-nothing"]), later: z.boolean() }),
  output: z.null(),
  run: ({ place, how, later }) => {
    const [object, name] = places[place]();
    const broken =
      how === "does-nothing"
        ? (): void => undefined
        : (): never => {
            throw new TypeError(`${place} is broken`);
          };
    const replace = (): void =>
      void Reflect.defineProperty(object, name, { value: broken, configurable: true, writable: true });
    if (later) setTimeout(replace, 1);
    else replace();
    return null;
  },
});
