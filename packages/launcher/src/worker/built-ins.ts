/**
 * Whether our own code still works in this worker: a call can change the runtime's built-in functions for all calls after
 * it. A look after each call costs nearly nothing. Where it finds a change our code is tried out, because most who change
 * built-in functions only add to them.
 */
import { isDeepStrictEqual } from "node:util";
import { decodeValue, encodeMessage, encodeValue, parseMessage } from "@hyperion-ts/wire";

/** The built-in functions of this process, as they were when it began. */
export class BuiltIns {
  #known = look();

  /** What fails in our own code since built-in functions were changed; undefined as long as nothing fails. */
  damage(): Error | undefined {
    if (this.#intact()) return undefined;
    try {
      tryOut();
      this.#known = look();
      return undefined;
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error));
    }
  }

  #intact(): boolean {
    const known = this.#known;
    try {
      const now = look();
      for (let i = 0; i < now.length; i += 1) if (now[i] !== known[i]) return false;
      return true;
    } catch {
      return false;
    }
  }
}

/** The built-in functions that our own code needs most, as they are now. They are compared, and not called. */
/* oxlint-disable typescript/unbound-method */
const look = (): readonly unknown[] => [
  Buffer,
  Buffer.from,
  Buffer.prototype.subarray,
  Buffer.prototype.writeUInt32LE,
  Uint8Array,
  Uint8Array.prototype.set,
  JSON.parse,
  JSON.stringify,
  Promise,
  Promise.prototype.then,
  Promise.resolve,
  Map,
  Map.prototype.get,
  Map.prototype.set,
  Set.prototype.add,
  Array.isArray,
  Array.prototype.push,
  Array.prototype.shift,
  Array.prototype.slice,
  Array.prototype[Symbol.iterator],
  Object.keys,
  Object.getPrototypeOf,
  Function.prototype.call,
  Function.prototype.apply,
  process.nextTick,
];
/* oxlint-enable typescript/unbound-method */

const MESSAGE = { type: "sample", list: [1, "ä", null] };

/** A value of most kinds. Its error has a stack that is the same everywhere. */
export const SAMPLE = {
  list: [1, -0, "ä", undefined],
  map: new Map([["key", new Set([1n])]]),
  bytes: new Uint8Array([1, 2]),
  error: Object.assign(new RangeError("sample"), { stack: "RangeError: sample" }),
} as const;

/** What `encodeValue` makes of the sample. Written down, because to encode it took each worker a thirtieth of its start. */
export const ENCODED_SAMPLE: Uint8Array = Buffer.from(
  "wZKRAJaZAKRsaXN0kQGjbWFwkQKlYnl0ZXORA6VlcnJvcpEElQIBkf+iw6TUAACTBKNrZXmRBZMIqlVpbnQ4QXJyYXnHA3QBAQKVCapSYW5nZUVycm9yqlJhbmdlRXJyb3Kmc2FtcGxlslJhbmdlRXJyb3I6IHNhbXBsZZIF0wAAAAAAAAAB",
  "base64",
);
const FRAME = Buffer.concat([Buffer.alloc(4), encodeMessage(MESSAGE)]);

/** @throws Error where our own code does not do what it should */
function tryOut(): void {
  expect(isDeepStrictEqual(decodeValue(ENCODED_SAMPLE), SAMPLE), "values can't be read");
  expect(isDeepStrictEqual(decodeValue(encodeValue(SAMPLE)), SAMPLE), "values can't be written");
  expect(isDeepStrictEqual(parseMessage(FRAME, 4, FRAME.length), MESSAGE), "messages can't be read");
  const message = encodeMessage(MESSAGE);
  expect(
    isDeepStrictEqual(parseMessage(FRAME.fill(message, 4), 4, FRAME.length), MESSAGE),
    "messages can't be written",
  );
  const line = [1, 2];
  expect(line.push(3) === 3 && line.shift() === 1 && line.slice(1)[0] === 3, "arrays don't work");
  FRAME.writeUInt32LE(0xfe_dc_ba_98, 0);
  expect(FRAME.readUInt32LE(0) === 0xfe_dc_ba_98 && FRAME.subarray(1)[0] === 0xba, "buffers don't work");
  expect(Promise.resolve().then(nothing) instanceof Promise, "promises don't work");
  // oxlint-disable-next-line no-useless-call
  expect(seven.call(undefined) === 7 && seven.apply(undefined) === 7, "functions don't work");
  process.nextTick(nothing);
}

const seven = (): number => 7;
const nothing = (): void => undefined;

function expect(holds: boolean, otherwise: string): void {
  if (!holds) throw new Error(otherwise);
}
