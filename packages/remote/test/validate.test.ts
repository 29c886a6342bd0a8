import { runInNewContext } from "node:vm";
import type { StandardSchemaV1 } from "@standard-schema/spec";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { checkInput, checkOutput, InvalidValueError, parseInput } from "../src/index.ts";

const later = <A>(value: A): Promise<A> => new Promise((resolve) => setImmediate(() => resolve(value)));

const plain = {
  name: "test/plain",
  input: z.object({ points: z.array(z.object({ x: z.number() })) }),
  output: z.number(),
};
const transforming = {
  name: "test/transforming",
  input: z.string().transform(Number),
  output: z.number().transform(String),
};
const asynchronous = {
  name: "test/async",
  input: z
    .string()
    .refine(async (text) => later(text !== "bad"), "is bad")
    .transform(async (text) => later(text.length)),
  output: z.number().refine(async (n) => later(n >= 0), "must not be negative"),
};

describe("a good value", () => {
  it("is parsed for the function, and otherwise stays what it was", () => {
    expect(parseInput(transforming, "42")).toBe(42);
    expect(checkInput(transforming, "42")).toBe("42");
    expect(checkOutput(transforming, 42)).toBe(42);
  });

  it("that is checked is the very object, with all that a schema would drop", () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ x: fc.double({ noNaN: true, noDefaultInfinity: true }), y: fc.anything() })),
        (points) => {
          const input = { points };
          expect(checkInput(plain, input)).toBe(input);
          expect(parseInput(plain, input)).toEqual({ points: points.map(({ x }) => ({ x })) });
        },
      ),
    );
  });

  it("is there at once with a schema that is not asynchronous, else as a promise", async () => {
    expect(parseInput(plain, { points: [] })).not.toBeInstanceOf(Promise);
    const parsed = parseInput(asynchronous, "four");
    expect(parsed).toBeInstanceOf(Promise);
    expect(await parsed).toBe(4);
    expect(await checkInput(asynchronous, "four")).toBe("four");
    expect(await checkOutput(asynchronous, 4)).toBe(4);
  });

  it("is taken from a promise of another realm", async () => {
    const schema = schemaOf(
      (value) =>
        runInNewContext("Promise.resolve({ value: `parsed ${value}` })", { value }) as Promise<
          StandardSchemaV1.Result<string>
        >,
    );
    expect(await Promise.resolve(parseInput({ ...plain, input: schema }, "x"))).toBe("parsed x");
  });
});

describe("a value that its schema refuses", () => {
  it("is named with its function, and each issue with its path", () => {
    const refused = refusal(() => checkInput(plain, { points: [{ x: 1 }, { x: "2" }, {}] }));
    expect(refused).toMatchObject({ name: "InvalidValueError", code: "invalid-input", functionName: "test/plain" });
    expect(refused.issues.map(({ path }) => path)).toEqual(["points[1].x", "points[2].x"]);
    expect(refused.message).toBe(
      'The remote function "test/plain" was called with an input that its schema refuses: ' +
        "points[1].x: Invalid input: expected number, received string; points[2].x: Invalid input: expected number, received undefined",
    );
  });

  it("is refused by parseInput and checkInput alike", () => {
    for (const take of [parseInput, checkInput])
      expect(refusal(() => take(transforming, 42)).code).toBe("invalid-input");
  });

  it("and was returned is an invalid output", () => {
    const refused = refusal(() => checkOutput(plain, "12"));
    expect(refused.code).toBe("invalid-output");
    expect(refused.issues).toEqual([{ path: "", message: "Invalid input: expected number, received string" }]);
    expect(refused.message).toMatch(
      /^The remote function "test\/plain" returned an output that its schema refuses: Invalid input/,
    );
  });

  it("is refused by an asynchronous schema in its promise", async () => {
    await expect(Promise.resolve(checkInput(asynchronous, "bad"))).rejects.toMatchObject({
      code: "invalid-input",
      issues: [{ path: "", message: "is bad" }],
    });
    await expect(Promise.resolve(checkOutput(asynchronous, -1))).rejects.toMatchObject({
      code: "invalid-output",
      issues: [{ path: "", message: "must not be negative" }],
    });
  });

  it.each([
    ["another realm's promise", (result: object) => runInNewContext("Promise.resolve(result)", { result }) as unknown],
    [
      "a promise whose then returns nothing",
      (result: object) =>
        runInNewContext("({ then: (take) => void Promise.resolve().then(() => take(result)) })", { result }) as unknown,
    ],
  ])(
    "is refused in a promise of this realm, which its caller can catch, where the schema gives %s",
    async (_what, promiseOf) => {
      const schema = schemaOf(
        () => promiseOf({ issues: [{ message: "no" }] }) as Promise<StandardSchemaV1.Result<string>>,
      );
      for (const check of [parseInput, checkInput, checkOutput]) {
        const checked = check({ ...plain, input: schema, output: schema }, "x");
        expect(checked).toBeInstanceOf(Promise);
        await expect(checked).rejects.toMatchObject({ name: "InvalidValueError", issues: [{ message: "no" }] });
      }
    },
  );

  it("is one that is too deep for a schema that calls itself, at once or later", async () => {
    const cause = new RangeError("Maximum call stack size exceeded");
    const fails = (): never => {
      throw cause;
    };
    const message = expect.stringMatching(
      /^The remote function "test\/plain" returned an output that its schema refuses: the schema calls itself for each level.*Use a flatter value/,
    );
    expect(refusal(() => checkOutput({ ...plain, output: schemaOf(fails) }, 1))).toMatchObject({
      code: "invalid-output",
      cause,
      message,
    });
    await expect(checkOutput({ ...plain, output: schemaOf(async () => fails()) }, 1)).rejects.toMatchObject({
      code: "invalid-output",
      cause,
      message,
    });
    const other = new Error("no such unit");
    const throws = schemaOf(() => {
      throw other;
    });
    expect(() => checkInput({ ...plain, input: throws }, 1)).toThrow(other);
  });

  it.each([
    [["points", 3, "x"], "points[3].x"],
    [[0, 1], "[0][1]"],
    [["a key", "größe", "1st"], '["a key"].größe["1st"]'],
    [["a.b"], '["a.b"]'],
    [[Symbol("tag"), { key: "inner" }, { key: 2 }], "[Symbol(tag)].inner[2]"],
    [[], ""],
    [undefined, ""],
  ] as [StandardSchemaV1.Issue["path"], string][])("has paths that read as code: %j", (path, shown) => {
    const schema = schemaOf(() => ({ issues: [path === undefined ? { message: "no" } : { message: "no", path }] }));
    const refused = refusal(() => checkInput({ ...plain, input: schema }, 1));
    expect(refused.issues).toEqual([{ path: shown, message: "no" }]);
    expect(refused.message.endsWith(shown === "" ? "refuses: no" : `refuses: ${shown}: no`)).toBe(true);
  });

  it("is named well where paths are arrays of a class of its own, and stand in the messages, as arktype's do", () => {
    class Path extends Array<PropertyKey> {
      constructor(...steps: readonly PropertyKey[]) {
        super();
        this.push(...steps);
      }
    }
    const schema = schemaOf(() => ({
      issues: [
        { message: "must be a number", path: new Path() },
        { message: "a.b must be a number", path: new Path("a", "b") },
      ],
    }));
    const refused = refusal(() => checkInput({ name: "test/paths", input: schema, output: schema }, "x"));
    expect(refused.issues.map(({ path }) => path)).toEqual(["", "a.b"]);
    expect(refused.message).toMatch(/refuses: must be a number; a\.b must be a number$/);
  });

  it("with very many issues has a message that can be read, and all issues as data", () => {
    const refused = refusal(() => checkInput(plain, { points: Array.from({ length: 10_000 }, () => ({ x: "1" })) }));
    expect(refused.issues).toHaveLength(10_000);
    expect(refused.message.length).toBeLessThan(600);
    expect(refused.message).toMatch(/points\[4\]\.x: [^;]*; and 9995 more$/);
  });
});

it("an error that a schema itself throws is left as it is", () => {
  const broken = new TypeError("the schema is broken");
  const schema = schemaOf(() => {
    throw broken;
  });
  expect(() => parseInput({ ...plain, input: schema }, 1)).toThrow(broken);
});

function schemaOf(validate: StandardSchemaV1.Props["validate"]): StandardSchemaV1 {
  return { "~standard": { version: 1, vendor: "test", validate } };
}

function refusal(act: () => unknown): InvalidValueError {
  try {
    act();
  } catch (error) {
    if (error instanceof InvalidValueError) return error;
    throw error;
  }
  throw new Error("The value was not refused");
}
