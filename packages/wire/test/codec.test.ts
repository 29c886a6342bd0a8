import { isDeepStrictEqual } from "node:util";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeValue, encodeValue } from "../src/codec.ts";
import { WireError } from "../src/wire-error.ts";

describe("a value survives the round trip", () => {
  it("whatever it is made of", () => {
    fc.assert(
      fc.property(anyValue, (value) => isDeepStrictEqual(roundTrip(value), value)),
      { numRuns: 500 },
    );
  });

  it.each([
    ["undefined", undefined],
    ["-0 by itself", -0],
    ["-0 in an object", { a: { b: -0 } }],
    ["-0 in an array, beside 0", [0, -0, [-0]]],
    ["-0 as a value in a Map", new Map([[1, -0]])],
    ["NaN and infinities", [Number.NaN, Infinity, -Infinity]],
    ["undefined as a property and as an item", { a: undefined, b: [undefined] }],
    ["an empty object in an empty array", [{}]],
    ["holes", [1, , 3]], // oxlint-disable-line no-sparse-arrays
    ["a BigInt of 64 bits", [2n ** 63n - 1n, -(2n ** 63n), 2n ** 64n - 1n]],
    ["a BigInt of any size", [2n ** 64n, -(2n ** 64n) - 1n, 2n ** 1000n, -(7n ** 50_000n)]],
    [
      "a Date before 1970 and one far away",
      [new Date(-1), new Date(8.64e15), new Date(-8.64e15), new Date(1_700_000_000_123)],
    ],
    ["a RegExp with flags", /a(b)\/c/giu],
    ["a Map with objects as keys", new Map([[{ a: 1 }, new Set([[1]])]])],
    ["an object with a null prototype", Object.assign(Object.create(null), { a: 1 })],
    [
      "keys that look special",
      JSON.parse('{"__proto__":{"x":1},"constructor":1,"hasOwnProperty":2,"toJSON":3,"__keys__":[4],"":5,"7":6}'),
    ],
    [
      "a key __keys__ in each of many objects",
      Array.from({ length: 300 }, (_, n) => ({ __keys__: n, a: { __keys__: 1, b: n } })),
    ],
    ["a string with lone surrogates, also as a key", { "\ud800x": "a\udc00", b: "\ud83d\ude00" }],
    ["a string that starts with a byte order mark", [`\ufeff${"x".repeat(100)}`, "\ufeff"]],
    ["a string of two million characters", `${"a".repeat(1e6)}${"\u20ac".repeat(1e6)}`],
    ["an object of 70,000 keys", Object.fromEntries(Array.from({ length: 70_000 }, (_, n) => [`k${n}`, n]))],
    ["many objects of the same shape", Array.from({ length: 1000 }, (_, id) => ({ id, pair: [id, { x: 64 + id }] }))],
    [
      "many objects of many shapes",
      Array.from({ length: 1000 }, (_, n) => ({ [`k${n % 200}`]: n, x: { [`y${n}`]: 100 } })),
    ],
    ["an array with a -0 among many objects", [...Array.from({ length: 1000 }, (_, id) => ({ id })), -0]],
  ])("%s", (_, value) => {
    expect(isDeepStrictEqual(roundTrip(value), value)).toBe(true);
  });

  it("an invalid Date", () => {
    expect(roundTrip({ at: new Date(Number.NaN) })).toStrictEqual({ at: new Date(Number.NaN) });
    expect(roundTrip(new Map([["at", new Date(Number.NaN)]]))).toStrictEqual(new Map([["at", new Date(Number.NaN)]]));
  });

  it("an array that is almost all holes, at no cost", () => {
    const sparse: unknown[] = [];
    sparse[4_000_000_000] = "far";
    const back = roundTrip(sparse);
    expect(back).toHaveLength(4_000_000_001);
    expect(Object.entries(back as object)).toEqual([["4000000000", "far"]]);
  });

  it("a list of a hundred thousand links, and as many nested arrays", () => {
    let list: { next: unknown } | undefined;
    let nested: unknown[] = [];
    for (let n = 0; n < 100_000; n++) [list, nested] = [{ next: list }, [nested]];
    let depth = 0;
    for (let at = roundTrip(list); at !== undefined; at = (at as { next: unknown }).next) depth++;
    expect(depth).toBe(100_000);
    expect(roundTrip(nested)).toHaveLength(1);
  });

  it("an instance of a class, as a plain object of its fields", () => {
    class Point {
      readonly x = 1;
      readonly #hidden = 2;
      toJSON(): unknown {
        return this.#hidden;
      }
    }
    expect(roundTrip({ at: new Point() })).toStrictEqual({ at: { x: 1 } });
    expect(roundTrip([Object(1), Object("text")])).toStrictEqual([1, "text"]);
  });

  it("a key __proto__ without changing a prototype", () => {
    const back = roundTrip([JSON.parse('{"__proto__":{"polluted":true}}')]);
    expect(Object.getPrototypeOf((back as object[])[0])).toBe(Object.prototype);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });
});

describe("bytes in a value", () => {
  const views = [
    Int8Array,
    Uint8Array,
    Uint8ClampedArray,
    Int16Array,
    Uint16Array,
    Int32Array,
    Uint32Array,
    Float32Array,
    Float64Array,
    BigInt64Array,
    BigUint64Array,
    DataView,
  ];

  it.each(views)("keep their class: %o", (Class) => {
    const memory = Uint8Array.from({ length: 32 }, (_, n) => n).buffer;
    const view = Reflect.construct(Class, [memory, 8, 2]) as ArrayBufferView;
    for (const back of [roundTrip(view), ...(roundTrip([1, view, -0]) as unknown[]).slice(1, 2)]) {
      expect(back).toStrictEqual(view);
      expect(Object.getPrototypeOf(back)).toBe(Class.prototype);
      expect((back as ArrayBufferView).buffer.byteLength).toBe(view.byteLength);
    }
  });

  it("keep their class: ArrayBuffer, Buffer, Float16Array", () => {
    const half: unknown = Reflect.get(globalThis, "Float16Array");
    const float16 = typeof half === "function" ? [Reflect.construct(half, [[1.5, -2]]) as unknown] : [];
    const value = [Uint8Array.of(1, 2).buffer, Buffer.from("abc"), ...float16];
    expect(isDeepStrictEqual(roundTrip(value), value)).toBe(true);
    expect(Buffer.isBuffer(roundTrip(Buffer.from("abc")))).toBe(true);
    expect(Buffer.isBuffer(decodeValue(new Uint8Array(encodeValue(Buffer.from("abc")))))).toBe(true);
  });

  it("are a copy: the encoded bytes can be used again", () => {
    for (const value of [
      Float64Array.of(1, 2),
      Buffer.from("abc"),
      new Map([[1, Buffer.from("abc")]]),
      Uint8Array.of(7).buffer,
    ]) {
      const bytes = encodeValue(value);
      const back = decodeValue(bytes);
      bytes.fill(0);
      expect(isDeepStrictEqual(back, value)).toBe(true);
    }
  });

  it("may be many", () => {
    const value = { data: new Float64Array(300_000).fill(1.5), note: "x" };
    expect(isDeepStrictEqual(roundTrip(value), value)).toBe(true);
  });
});

describe("references", () => {
  it("keep a cycle through objects, arrays, Maps and Sets", () => {
    const value = { list: [] as unknown[], map: new Map<unknown, unknown>(), set: new Set<unknown>() };
    value.list.push(value);
    value.map.set(value, value.map);
    value.set.add(value.set);
    const back = roundTrip(value) as typeof value;
    expect(back.list[0]).toBe(back);
    expect(back.map.get(back)).toBe(back.map);
    expect(back.set.has(back.set)).toBe(true);
  });

  it("keep one object in two places as one object", () => {
    const [shared, data, at] = [{ a: 1 }, Float64Array.of(1), new Date(0)];
    const back = roundTrip({ x: [shared, shared], data: [data, data], at: [at, at] });
    for (const [first, second] of Object.values(back as Record<string, readonly unknown[]>)) expect(first).toBe(second);
  });

  it("take no time that doubles with each shared level", () => {
    let value: unknown = 1;
    for (let level = 0; level < 60; level++) value = [value, value];
    expect(encodeValue(value).byteLength).toBeLessThan(2000);
    expect(() => decodeValue(Buffer.concat([encodeValue(value), Buffer.of(1)]))).toThrow(WireError);
  });
});

describe("an error in a value", () => {
  it.each([Error, TypeError, RangeError, SyntaxError, ReferenceError, EvalError, URIError])(
    "keeps its class: %o",
    (Class) => {
      const error = Object.assign(new Class("no", { cause: { at: -0 } }), { code: "E1", data: new Map([[1, 2]]) });
      const back = roundTrip(error);
      expect(back).toBeInstanceOf(Class);
      expect(isDeepStrictEqual(back, error)).toBe(true);
      expect((back as Error).stack).toBe(error.stack);
      expect(Object.keys(back as Error)).toEqual(["code", "data"]);
    },
  );

  it("keeps the errors of an AggregateError", () => {
    const back = roundTrip(new AggregateError([new TypeError("a"), "b"], "all")) as AggregateError;
    expect(back).toBeInstanceOf(AggregateError);
    expect(back.errors).toEqual([new TypeError("a"), "b"]);
    expect(Object.keys(back)).toEqual([]);
  });

  it("keeps the name of a class that the other side does not know", () => {
    class StorageError extends RangeError {}
    const [own, dom] = roundTrip([new StorageError("full"), new DOMException("stop", "AbortError")]) as Error[];
    expect(own).toBeInstanceOf(RangeError);
    expect(own).toMatchObject({ name: "StorageError", message: "full" });
    expect(dom).toBeInstanceOf(Error);
    expect(dom).toMatchObject({ name: "AbortError", message: "stop", code: 20 });
  });

  it("may be its own cause", () => {
    const error = new Error("round");
    error.cause = { inner: [error] };
    const back = roundTrip(error) as { cause: { inner: unknown[] } };
    expect(back.cause.inner[0]).toBe(back);
  });

  it("arrives also where a field cannot travel: a text stands for that field, and only for it", () => {
    const shared = { ok: true };
    const inner = Object.assign(new Error("inner", { cause: Symbol("why") }), { shared, run: () => shared });
    const outer = Object.assign(new Error("outer", { cause: inner }), {
      socket: { shared, deep: [{ close() {} }] },
      after: shared,
    });
    const back = roundTrip([outer, shared]) as [typeof outer, typeof shared];
    expect(back[0]).toMatchObject({
      message: "outer",
      socket: "[an object of class Object that cannot travel]",
      after: shared,
    });
    expect(back[0].cause).toMatchObject({ message: "inner", cause: "[Symbol(why)]", run: "[function run]" });
    expect(back[0].after).toBe(back[1]);
  });
});

describe("what cannot travel is refused by its path", () => {
  it.each([
    ["$.points[3].callback is a function", { points: [1, 2, 3, { callback: () => 1 }] }],
    ["$ is a function", () => 1],
    ["$[0] is a symbol", [Symbol("s")]],
    ['$["two words"] is a Promise', { "two words": Promise.resolve(1) }],
    ['$.map.get("key")[1] is a WeakMap', { map: new Map([["key", [0, new WeakMap()]]]) }],
    [
      "$.keys()[1] is a function",
      new Map<unknown, unknown>([
        [1, 2],
        [() => 1, 1],
      ]),
    ],
    ["$[1] is a WeakSet", new Set([1, new WeakSet()])],
    ["$[7] is a generator", Object.assign([], { 7: (function* () {})() })],
    ["$.buffer is a SharedArrayBuffer", { buffer: new SharedArrayBuffer(8) }],
    ["$.signal is an object of class AbortSignal", { signal: new AbortController().signal }],
  ])("%s", (message, value) => {
    expect(() => encodeValue(value)).toThrow(message);
    expect(() => encodeValue(value)).toThrow(expect.objectContaining({ name: "WireError", code: "unencodable-value" }));
  });

  it.each([
    ["a typed array", () => new Uint8Array(2 ** 32)],
    ["typed arrays that are so large together", () => [new Float64Array(2 ** 28), new Float64Array(2 ** 28)]],
    ["a typed array in a Map", () => new Map([[1, new Uint8Array(2 ** 32)]])],
    ["an ArrayBuffer", () => new ArrayBuffer(2 ** 32)],
  ])("4 GiB or more, in place of bytes that can't be read: %s", (_, make) => {
    expect(() => encodeValue(make())).toThrow(
      expect.objectContaining({ name: "WireError", code: "unencodable-value" }),
    );
  });

  it("a path of thousands of steps is shortened", () => {
    let value: unknown = () => 1;
    for (let n = 0; n < 5000; n++) value = { next: value };
    expect(() => encodeValue(value)).toThrow(/^\$(\.next)+ \.\.\. (\.next)+ is a function/);
  });

  it("an accessor that throws is named as the cause", () => {
    const value = Object.defineProperty({}, "x", {
      enumerable: true,
      get: () => {
        throw new Error("not ready");
      },
    });
    expect(() => encodeValue(value)).toThrow(/could not be encoded: not ready/);
  });
});

describe("encoded bytes", () => {
  it("stay as they are while more values are encoded", () => {
    const first = encodeValue({ n: 1, text: "first" });
    const copy = Buffer.from(first);
    for (let n = 0; n < 3000; n++) encodeValue({ n, text: "later", data: new Uint8Array(n) });
    encodeValue(new Uint8Array(2_000_000));
    expect(copy.equals(first)).toBe(true);
  });

  it("are not marked by the decoder", () => {
    const bytes = encodeValue([1.5]);
    decodeValue(bytes);
    expect(Object.keys(bytes)).toEqual(Object.keys(Buffer.from(bytes)));
  });
});

describe("bytes that are no value", () => {
  it("are refused or read, whatever they are", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), decodesOrRefuses), { numRuns: 2000 });
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => decodesOrRefuses(Uint8Array.of(0xc1, ...bytes))),
      { numRuns: 1000 },
    );
  });

  it("are refused where they were cut short", () => {
    fc.assert(
      fc.property(anyValue, fc.nat(), (value, at) => {
        const bytes = encodeValue(value);
        expect(() => decodeValue(bytes.subarray(0, at % bytes.byteLength))).toThrow(WireError);
      }),
    );
  });

  it("are refused or read where one bit is wrong", () => {
    fc.assert(
      fc.property(anyValue, fc.nat(), fc.nat(7), (value, at, bit) => {
        const bytes = Uint8Array.from(encodeValue(value));
        bytes[at % bytes.byteLength] = (bytes[at % bytes.byteLength] ?? 0) ^ (1 << bit);
        return decodesOrRefuses(bytes);
      }),
      { numRuns: 1000 },
    );
  });

  it.each([
    ["nothing at all", []],
    ["more than one value", [1, 2]],
    ["more than one value, after the mark of a graph", [0xc1, 0x92, 1, 0x90, 2]],
    ["a reference outside of a graph", [0xd6, 0x70, 0, 0, 0, 1]],
    ["a string of 4 GB", [0xdb, 0xff, 0xff, 0xff, 0xff]],
    ["an array of 4 billion items", [0xdd, 0xff, 0xff, 0xff, 0xff]],
    ["a map of 4 billion items", [0xdf, 0xff, 0xff, 0xff, 0xff]],
    ["4 GB of bytes", [0xc6, 0xff, 0xff, 0xff, 0xff]],
    ["a typed array of 4 GB", [0xc9, 0xff, 0xff, 0xff, 0xff, 0x74, 8]],
    ["arrays in arrays without end", Array.from({ length: 100_000 }, () => 0x91)],
    ["a graph without nodes", [0xc1, 0x92, 0x91, 0, 0x90]],
    ["a graph that is no table", [0xc1, 0x93, 1, 2, 3]],
  ])("are refused: %s", (_, bytes) => {
    expect(() => decodeValue(Uint8Array.from(bytes))).toThrow(expect.objectContaining({ code: "undecodable-value" }));
  });
});

function roundTrip(value: unknown): unknown {
  return decodeValue(encodeValue(value));
}

function decodesOrRefuses(bytes: Uint8Array): boolean {
  try {
    decodeValue(bytes);
    return true;
  } catch (error) {
    return error instanceof WireError && error.code === "undecodable-value";
  }
}

const anyString = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.array(fc.nat(0xffff)).map((units) => String.fromCharCode(...units)),
  fc.string({ minLength: 60, maxLength: 300 }),
);

const anyValue: fc.Arbitrary<unknown> = fc.anything({
  key: fc.oneof(anyString, fc.constantFrom("__proto__", "__keys__", "constructor", "length")),
  values: [
    anyString,
    fc.double(),
    fc.integer(),
    fc.maxSafeInteger(),
    fc.boolean(),
    fc.constantFrom(null, undefined, -0, Number.NaN),
    fc.bigInt(),
    fc.bigInt({ min: -(2n ** 200n), max: 2n ** 200n }),
    fc.date({ noInvalidDate: true }),
    fc.uint8Array().map((bytes) => Buffer.from(bytes)),
    fc.uint8Array().map((bytes) => bytes.buffer),
    fc
      .tuple(fc.constantFrom(Error, TypeError, URIError), anyString, fc.anything())
      .map(([Class, text, cause]) => new Class(text, { cause })),
  ],
  maxDepth: 4,
  withMap: true,
  withSet: true,
  withNullPrototype: true,
  withSparseArray: true,
  withTypedArray: true,
});
