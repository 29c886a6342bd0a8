import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeValue, encodeValue } from "../src/codec.ts";
import { WireError } from "../src/wire-error.ts";
import { anyValue } from "./any-value.ts";

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

function decodesOrRefuses(bytes: Uint8Array): boolean {
  try {
    decodeValue(bytes);
    return true;
  } catch (error) {
    return error instanceof WireError && error.code === "undecodable-value";
  }
}
