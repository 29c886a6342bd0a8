import { describe, expect, test } from "vitest";
import {
  aborter,
  callable,
  checkOptions,
  checkValue,
  duration,
  fields,
  finite,
  flag,
  listOf,
  nonEmpty,
  nullOr,
  oneOf,
  type Rule,
  standardSchema,
  structured,
  unlimited,
  whole,
} from "../src/index.ts";

/** What is wrong with a value, in a word, by the error's class. */
function verdict(rule: Rule, value: unknown): string {
  try {
    rule(value, "x");
    return "allowed";
  } catch (error) {
    return error instanceof Error ? error.name : "nothing";
  }
}

const never = new AbortController().signal;

describe("a rule", () => {
  const table: readonly (readonly [
    string,
    Rule,
    {
      readonly allowed: readonly unknown[];
      readonly beyond: readonly unknown[];
      readonly otherType: readonly unknown[];
    },
  ])[] = [
    [
      "whole(1)",
      whole(1),
      {
        allowed: [1, 2 ** 40],
        beyond: [0, -1, 1.5, Number.NaN, Infinity, 2 ** 53],
        otherType: ["1", null, true, 1n, {}],
      },
    ],
    ["whole(0, 5)", whole(0, 5), { allowed: [0, 5], beyond: [6, -1], otherType: ["0"] }],
    ["finite", finite, { allowed: [0, -1.5, 1e300], beyond: [Number.NaN, Infinity, -Infinity], otherType: ["1", 1n] }],
    [
      "duration()",
      duration(),
      {
        allowed: [0.5, 1.5, 2 ** 31, 2 ** 60, Infinity],
        beyond: [0, -0, -5, Number.NaN, -Infinity],
        otherType: ["5", null, new Date()],
      },
    ],
    [
      "duration({ zero })",
      duration({ zero: true }),
      { allowed: [0, Infinity], beyond: [-1, Number.NaN], otherType: ["0"] },
    ],
    [
      "duration({ unlimited: false })",
      duration({ unlimited: false }),
      { allowed: [2 ** 31], beyond: [0, Infinity], otherType: [] },
    ],
    ["flag", flag, { allowed: [true, false], beyond: [], otherType: [0, 1, "yes", null] }],
    ["nonEmpty", nonEmpty, { allowed: ["a", " "], beyond: ["", "a\0b"], otherType: [1, null, ["a"]] }],
    ["oneOf", oneOf("auto", "plain"), { allowed: ["auto"], beyond: ["nope", "", "toString"], otherType: [0, null] }],
    ["callable", callable, { allowed: [() => undefined], beyond: [], otherType: ["f", {}] }],
    ["aborter", aborter, { allowed: [never], beyond: [], otherType: [{}, null, "abort", new AbortController()] }],
    ["structured", structured, { allowed: [{}, []], beyond: [], otherType: [null, "x", 5] }],
    ["unlimited", unlimited(whole(1)), { allowed: [Infinity, 1], beyond: [0, -Infinity, 1.5], otherType: ["1", null] }],
    [
      "standardSchema",
      standardSchema,
      {
        allowed: [
          { "~standard": { validate: () => undefined } },
          Object.assign(() => undefined, { "~standard": { validate: () => undefined } }),
        ],
        beyond: [],
        otherType: [null, undefined, {}, { "~standard": {} }, { "~standard": null }, "z", () => undefined],
      },
    ],
    ["nullOr", nullOr(whole(1)), { allowed: [null, 1], beyond: [0], otherType: ["1"] }],
    ["listOf", listOf(whole(0)), { allowed: [[], [0, 1]], beyond: [[0, -1]], otherType: ["01", {}, ["0"]] }],
  ];
  test.each(table)(
    "%s tells what is allowed from what is beyond, and from what is of another type",
    (_, rule, { allowed, beyond, otherType }) => {
      for (const value of allowed) expect([value, verdict(rule, value)]).toEqual([value, "allowed"]);
      for (const value of beyond) expect([value, verdict(rule, value)]).toEqual([value, "RangeError"]);
      for (const value of otherType) expect([value, verdict(rule, value)]).toEqual([value, "TypeError"]);
    },
  );
});

describe("checkOptions", () => {
  interface Options {
    readonly cpus?: number;
    readonly progress?: "auto" | "none";
    readonly launcher?: { readonly silenceMs?: number };
  }
  const check = (options: Options): void =>
    checkOptions("runThing", options, {
      cpus: whole(1),
      progress: oneOf("auto", "none"),
      launcher: fields<NonNullable<Options["launcher"]>>({ silenceMs: duration() }),
    });

  test("names the function, the option, the value, and what is allowed", () => {
    expect(() => check({ cpus: 0 })).toThrow(
      new RangeError("runThing: cpus must be a whole number of at least 1, not 0"),
    );
    expect(() => check({ launcher: { silenceMs: -5 } })).toThrow(
      new RangeError(
        "runThing: launcher.silenceMs must be a time in milliseconds above 0 (Infinity: no limit), not -5",
      ),
    );
  });

  test("refuses a name that there is not, with the nearest one that there is", () => {
    const unchecked = (options: object): void => check(options);
    expect(() => unchecked({ cpu: 4 })).toThrow(new TypeError('runThing has no option "cpu". Did you mean cpus?'));
    expect(() => unchecked({ CPUS: 4 })).toThrow("Did you mean cpus?");
    expect(() => unchecked({ launcher: { silentMs: 4 } })).toThrow(
      new TypeError('runThing: launcher has no option "silentMs". Did you mean silenceMs?'),
    );
    expect(() => unchecked({ somethingElse: 4 })).toThrow(
      'runThing has no option "somethingElse". There are cpus, progress, launcher',
    );
    expect(() => unchecked({ toString: 4 })).toThrow('no option "toString"');
    expect(() => unchecked({ ["x".repeat(100_000)]: 4 })).toThrow(TypeError);
  });

  test("suggests the choice that is meant", () => {
    expect(() => checkValue("f", "progress", "plian", oneOf("auto", "plain"))).toThrow(
      new RangeError('f: progress must be "auto" or "plain", not "plian". Did you mean "plain"?'),
    );
  });

  test("takes what is undefined for left out, and nothing that is no object for options", () => {
    const undefinedCpus: object = { cpus: undefined };
    expect(check(undefinedCpus)).toBeUndefined();
    for (const wrong of [null, 5, "cpus", undefined])
      expect(() => check(wrong as Options)).toThrow("runThing: the options must be an object");
  });
});
