import { isDeepStrictEqual } from "node:util";
import { describe, expect, it } from "vitest";
import { roundTrip } from "./any-value.ts";

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
