/**
 * Values as bytes, and back. Every argument and every result of a remote call goes through these two functions, so
 * they are built around the common case: a small tree of plain data goes to MessagePack as it is, after a look that is
 * nearly free (plain-tree.ts). All else (shared and cyclic references, -0, Map, Set, errors, holes, ...) is written as
 * a table of nodes (value-graph.ts), which is plain data again.
 *
 * On the wire: a plain tree is standard MessagePack with msgpackr's extensions for undefined, dates, typed arrays and
 * large integers; a graph is the byte 0xC1, which MessagePack never uses, and then the table as MessagePack.
 *
 * msgpackr has a structuredClone option, but it loses -0, holes, own fields of errors, errors in cycles and keys
 * called `__proto__`; and bytes with references in them can make its error messages take exponential time.
 */

import { Packr } from "msgpackr/pack";
import { lookAtPlainTree, type PlainTree } from "./plain-tree.ts";
import { readValueGraph } from "./value-graph-reader.ts";
import { writeValueGraph } from "./value-graph-writer.ts";
import { WireError } from "./wire-error.ts";

/**
 * The bytes of `value`. They are the caller's: nothing overwrites them, though small ones share a larger buffer.
 *
 * What arrives on the other side is equal to `value`:
 * - numbers with NaN, infinities and -0, integers of any size as BigInt, undefined (also as a property or in an
 *   array), strings also with lone surrogates;
 * - plain objects (also with a null prototype, also with a key `__proto__`), arrays with their holes, Map, Set,
 *   Date, RegExp, ArrayBuffer, DataView, Buffer and every kind of typed array; a view travels with the bytes it shows
 *   and not the rest of its buffer;
 * - cycles and shared references, to any depth;
 * - errors, as errorToData says, with causes and own fields; what cannot travel *inside an error* is replaced by a
 *   string that describes it, so that an error always arrives;
 * - instances of other classes as plain objects of their own enumerable fields.
 *
 * Symbol keys, accessors and extra properties of arrays do not travel.
 *
 * @throws WireError `unencodable-value` when the value has a function, a symbol, a promise, a weak collection or the like
 *   in it (the message has the path to it: `$.points[3].callback is a function and cannot travel ...`), or 4 GiB or more
 */
export function encodeValue(value: unknown): Uint8Array {
  try {
    const tree = lookAtPlainTree(value);
    return tree === undefined ? packGraph(value) : packTree(value, tree);
  } catch (cause) {
    if (cause instanceof WireError) throw cause;
    throw new WireError("unencodable-value", `The value could not be encoded: ${messageOf(cause)}`, { cause });
  }
}

/**
 * The value that `encodeValue` made `bytes` from. It shares no memory with `bytes`, which can be used again.
 *
 * Bytes of a stranger do no harm beyond their size: memory and time grow with the number of bytes, never with a
 * length that they claim.
 *
 * @throws WireError `undecodable-value` when the bytes are not the whole encoding of one value
 */
export function decodeValue(bytes: Uint8Array): unknown {
  try {
    return bytes[0] === GRAPH_MARK ? readValueGraph(unpack(bytes, 1)) : unpack(bytes, 0);
  } catch (cause) {
    const found = `${bytes.byteLength} bytes do not hold one encoded value: ${messageOf(cause)}`;
    throw new WireError("undecodable-value", `${found}. They were cut short, damaged, or written by another version.`, {
      cause,
    });
  }
}

/** MessagePack never starts a value with this byte. */
const GRAPH_MARK = 0xc1;

/** msgpackr's flag for "leave so many bytes free in front". */
const RESERVE_ONE_BYTE = 2048 + 1;

/** From this size on a result gets a buffer of its own, so that a small one never keeps a large buffer alive. */
const OWN_BUFFER_BYTES = 512 * 1024;

/** From so many objects on it pays to write the keys of equal objects once: the other side then reads five times as fast. */
const MANY_OBJECTS = 256;

const OPTIONS = { moreTypes: true, useToJSON: false, copyBuffers: true, structuredClone: false };
const codec = new Packr({ ...OPTIONS, useRecords: false, variableMapSize: true });
const codecOfMany = new Packr({ ...OPTIONS, useRecords: true, mapsAsObjects: true });

function packTree(value: unknown, { objects, binaryBytes }: PlainTree): Uint8Array {
  if (binaryBytes >= TOO_MANY_BYTES) throw tooLarge(binaryBytes);
  if (binaryBytes > OWN_BUFFER_BYTES) codec.useBuffer(Buffer.allocUnsafeSlow(binaryBytes + 16 * 1024));
  return pack(objects.size < MANY_OBJECTS ? codec : codecOfMany, value, 0);
}

/** MessagePack's lengths have 32 bits, and msgpackr writes those of longer arrays wrong. */
const TOO_MANY_BYTES = 2 ** 32;

function tooLarge(bytes: number): WireError {
  const found = `The value has ${bytes} bytes of typed arrays, and less than 4 GiB can travel to another process`;
  return new WireError("unencodable-value", `${found}: write it to a file, and send the file's name.`);
}

function packGraph(value: unknown): Uint8Array {
  const bytes = pack(codec, writeValueGraph(value), RESERVE_ONE_BYTE);
  bytes[0] = GRAPH_MARK;
  return bytes;
}

function pack(codec: Packr, value: unknown, encodeOptions: number): Uint8Array {
  const bytes = codec.pack(value, encodeOptions);
  if (bytes.byteLength > OWN_BUFFER_BYTES) codec.useBuffer(Buffer.allocUnsafeSlow(8 * 1024));
  return bytes;
}

/**
 * A view of its own, because msgpackr leaves a property on what it reads, and returns Buffers only from a Buffer. And
 * not its `unpack`, which spells out a whole value as JSON to complain about bytes that follow it.
 */
function unpack(bytes: Uint8Array, start: number): unknown {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset + start, bytes.byteLength - start);
  let first: unknown;
  let end = 0;
  codec.unpackMultiple(view, (value: unknown, _start = 0, position = 0) => {
    first = value;
    end = position;
    return false;
  });
  if (end !== view.byteLength) throw new Error(`the value ends after ${end} of them`);
  return first;
}

const messageOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));
