import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeValue, encodeValue } from "../src/codec.ts";
import { type ErrorData, errorFromData, errorToData } from "../src/error-data.ts";

describe("an error as data", () => {
  it("comes back with class, name, message, stack, causes and own fields", () => {
    const cause = new TypeError("inner", { cause: "a text" });
    const error = Object.assign(new RangeError("outer", { cause }), {
      code: "E_RANGE",
      limits: [0, -0],
      name: "LimitError",
    });
    for (const travel of [throughCodec, throughJson]) {
      const back = errorFromData(travel(errorToData(error))) as typeof error;
      expect(back).toBeInstanceOf(RangeError);
      expect(back).toMatchObject({ name: "LimitError", message: "outer", stack: error.stack, code: "E_RANGE" });
      expect(back.cause).toBeInstanceOf(TypeError);
      expect(back.cause).toMatchObject({ message: "inner", stack: cause.stack, cause: "a text" });
      expect(Object.keys(back)).toEqual(["code", "limits"]);
    }
  });

  it("comes back with the errors of an AggregateError", () => {
    const back = errorFromData(throughJson(errorToData(new AggregateError([new URIError("a"), "b"], "all"))));
    expect(back).toBeInstanceOf(AggregateError);
    expect(back).toMatchObject({ message: "all", errors: [new URIError("a"), "b"] });
  });

  it("carries a code that is not an own field", () => {
    expect(errorToData(new DOMException("stop", "AbortError"))).toMatchObject({
      name: "AbortError",
      fields: { code: 20 },
    });
  });

  it("has a text in place of a field that cannot travel", () => {
    const error = Object.assign(new Error("no"), { socket: { close() {} }, retry: () => 1, fine: 1n });
    const data = errorToData(error);
    expect(data).toMatchObject({
      fields: { socket: "[an object of class Object that cannot travel]", retry: "[function retry]", fine: 1n },
    });
    expect(() => encodeValue(data)).not.toThrow();
  });

  it("is cut where it is its own cause", () => {
    const error = new Error("round");
    error.cause = new TypeError("middle", { cause: error });
    const back = errorFromData(throughJson(errorToData(error)));
    expect(back).toMatchObject({ cause: { message: "middle", cause: "[circular: Error: round]" } });
  });

  it("is cut where its causes go too deep", () => {
    let error = new Error("deepest");
    for (let depth = 0; depth < 5000; depth++) error = new Error(`at ${depth}`, { cause: error });
    let depth = 0;
    for (let at = errorFromData(errorToData(error)); at instanceof Error; at = at.cause) depth++;
    expect(depth).toBe(32);
  });

  it("is made also from an error that resists", () => {
    const error = new Error("x");
    for (const key of ["message", "stack", "name", "detail"]) {
      Object.defineProperty(error, key, {
        enumerable: true,
        get: () => {
          throw new Error("not now");
        },
      });
    }
    expect(errorToData(error)).toMatchObject({
      message: "[unreadable: Error: not now]",
      fields: { detail: "[unreadable: Error: not now]" },
    });
  });

  it("keeps a field __proto__ as a field", () => {
    const error = Object.defineProperty(new Error("x"), "__proto__", { value: { polluted: true }, enumerable: true });
    const back = errorFromData(throughCodec(errorToData(error)));
    expect(Object.getPrototypeOf(back)).toBe(Error.prototype);
    expect(Object.keys(back as object)).toEqual(["__proto__"]);
  });
});

describe("anything else that was thrown", () => {
  it.each([["a text"], [undefined], [null], [-0], [{ reason: ["why", new Map([[1, 2]])] }]])(
    "comes back as it is: %o",
    (thrown) => {
      expect(errorFromData(throughCodec(errorToData(thrown)))).toStrictEqual(thrown);
    },
  );

  it("comes back as a text where it cannot travel", () => {
    expect(errorFromData(errorToData(Symbol("s")))).toBe("[Symbol(s)]");
    expect(errorFromData(errorToData(Promise.resolve()))).toBe("[a Promise that cannot travel]");
  });

  it("never makes errorToData throw, and can always be encoded", () => {
    const thrown = fc.oneof(
      fc.anything(),
      fc.anything().map((cause) => Object.assign(new Error("x", { cause }), { cause2: cause })),
    );
    fc.assert(fc.property(thrown, (value) => encodeValue(errorToData(value)).byteLength > 0));
  });
});

function throughCodec(data: ErrorData): ErrorData {
  return decodeValue(encodeValue(data)) as ErrorData;
}

function throughJson(data: ErrorData): ErrorData {
  return JSON.parse(JSON.stringify(data)) as ErrorData;
}
