import { expect, test } from "vitest";
import { z } from "zod";
import { defineRemote } from "../src/index.ts";

/** What a program in JavaScript may write, where no compiler looks. */
const untyped = (value: unknown): never => value as never;
const parts = { name: "test/parts", input: z.number(), output: z.number(), run: (x: number) => x };

test.each([
  ["without the module's import.meta", [parts, undefined], "undefined"],
  ["with the parts as arguments", [import.meta, "test/parts"], '"test/parts"'],
] as const)("a function that is defined %s is shown both arguments", (_how, [meta, definition], second) => {
  expect(() => defineRemote(untyped(meta), untyped(definition))).toThrow(
    new TypeError(
      `defineRemote takes the module's own import.meta, and then what it defines: defineRemote(import.meta, { name, input, output, run }). The second one was ${second}`,
    ),
  );
});

test("what is no schema, or no part of a definition, is named with the function", () => {
  const define = (wrong: object): unknown => defineRemote(import.meta, untyped({ ...parts, ...wrong }));
  expect(() => define({ input: { x: "number" } })).toThrow(
    new TypeError(
      'defineRemote "test/parts": input must be a Standard Schema (of zod, valibot, arktype, ...: https://standardschema.dev), not an object',
    ),
  );
  expect(() => define({ output: undefined })).toThrow(
    /"test\/parts": output must be a Standard Schema .*, not undefined$/,
  );
  expect(() => define({ fn: () => 1 })).toThrow(
    'defineRemote "test/parts" has no option "fn". There are name, input, output, run',
  );
});
