import { isDeepStrictEqual } from "node:util";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeValue, encodeValue } from "../src/codec.ts";
import { WireError } from "../src/wire-error.ts";
import { anyValue, roundTrip } from "./any-value.ts";

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
