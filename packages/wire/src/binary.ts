/** Objects that are bytes: ArrayBuffer and the views on one. */

/** A view's class, by the name that `bytesToObject` takes: a Buffer is more than the Uint8Array that it is. */
export const viewName = (view: ArrayBufferView): string =>
  Buffer.isBuffer(view) ? "Buffer" : String(Reflect.get(view, Symbol.toStringTag));

/** The bytes that a view shows, not a copy. */
export const viewBytes = (view: ArrayBufferView): Uint8Array =>
  new Uint8Array(view.buffer, view.byteOffset, view.byteLength);

/**
 * An object of the named class over `bytes`, which becomes its memory.
 *
 * @throws Error when there is no such class, or the bytes are no whole number of elements.
 */
export function bytesToObject(name: string, bytes: Uint8Array): object {
  const make = MAKERS.get(name);
  if (make === undefined) throw new Error(`this version of Node has no class ${name} for bytes`);
  return make(
    bytes.byteOffset === 0 && bytes.byteLength === bytes.buffer.byteLength ? bytes.buffer : bytes.slice().buffer,
  );
}

type Maker = (memory: ArrayBufferLike) => object;

const MAKERS: ReadonlyMap<string, Maker> = new Map<string, Maker>([
  ["ArrayBuffer", (memory) => memory],
  ["DataView", (memory) => new DataView(memory)],
  ["Buffer", (memory) => Buffer.from(memory)],
  ["Int8Array", (memory) => new Int8Array(memory)],
  ["Uint8Array", (memory) => new Uint8Array(memory)],
  ["Uint8ClampedArray", (memory) => new Uint8ClampedArray(memory)],
  ["Int16Array", (memory) => new Int16Array(memory)],
  ["Uint16Array", (memory) => new Uint16Array(memory)],
  ["Int32Array", (memory) => new Int32Array(memory)],
  ["Uint32Array", (memory) => new Uint32Array(memory)],
  ["Float16Array", (memory) => float16Array(memory)],
  ["Float32Array", (memory) => new Float32Array(memory)],
  ["Float64Array", (memory) => new Float64Array(memory)],
  ["BigInt64Array", (memory) => new BigInt64Array(memory)],
  ["BigUint64Array", (memory) => new BigUint64Array(memory)],
]);

/** Not in the types of the language version that we compile for, and not in every Node. */
function float16Array(memory: ArrayBufferLike): object {
  const Class: unknown = Reflect.get(globalThis, "Float16Array");
  if (typeof Class !== "function") throw new Error("this version of Node has no Float16Array");
  return Reflect.construct(Class, [memory]);
}
