/** Values of all kinds, drawn at random, and what becomes of one that is encoded and decoded. */
import * as fc from "fast-check";
import { decodeValue, encodeValue } from "../src/codec.ts";

export const roundTrip = (value: unknown): unknown => decodeValue(encodeValue(value));

const anyString = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.array(fc.nat(0xffff)).map((units) => String.fromCharCode(...units)),
  fc.string({ minLength: 60, maxLength: 300 }),
);

/** A value that can travel. */
export const anyValue: fc.Arbitrary<unknown> = fc.anything({
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
