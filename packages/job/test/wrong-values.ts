/** Values that options must refuse, and how they do it. */
import { expect } from "vitest";

/** Values that an option must refuse: with a RangeError those of its own type, with a TypeError the others. */
export interface Wrong {
  readonly beyond: readonly unknown[];
  readonly otherType: readonly unknown[];
}

/** What no number of things can be, and what is no number at all. */
export const NO_COUNT = { beyond: [0, -1, 1.5, Number.NaN, Infinity], otherType: ["2", null, true, {}, 1n] };
/** The same of what there may be none of. */
export const NO_AMOUNT = { ...NO_COUNT, beyond: [-1, 1.5, Number.NaN, Infinity] };
/** What is no time. */
export const NO_TIME = { beyond: [0, -5, Number.NaN, -Infinity], otherType: ["5", null, true, new Date(0)] };
/** The same of a time that ends. */
export const NO_FINITE_TIME = { ...NO_TIME, beyond: [...NO_TIME.beyond, Infinity] };
/** What is neither true nor false. */
export const NO_FLAG = { beyond: [], otherType: [0, "yes", null] };
/** What is no text that names something. */
export const NO_TEXT = { beyond: ["", "a\0b"], otherType: [0, null, {}] };
/** What can't be called. */
export const NO_FUNCTION = { beyond: [], otherType: ["f", null, {}] };
/** What never aborts. */
export const NO_SIGNAL = { beyond: [], otherType: ["abort", {}, null, new AbortController()] };
/** What is no array. */
export const NO_LIST = { beyond: [], otherType: ["a", null, {}] };

/** What a function threw, or its promise: from callers without types. */
export async function refusal(call: () => unknown): Promise<Error> {
  try {
    await call();
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error("It was taken");
}

/** Claims that each wrong value of `option` is refused by name; a text is quoted, so that it is told from a number. */
export async function refuses(option: string, wrong: Wrong, call: (value: unknown) => unknown): Promise<void> {
  for (const [kind, values] of [
    ["RangeError", wrong.beyond],
    ["TypeError", wrong.otherType],
  ] as const) {
    for (const value of values) {
      const error = await refusal(() => call(value));
      expect([option, value, error.name, error.message]).toEqual([
        option,
        value,
        kind,
        expect.stringContaining(`${option} must be `),
      ]);
      const shown =
        typeof value === "string" ? JSON.stringify(value) : typeof value === "number" ? `not ${value}` : "not ";
      expect(error.message).toContain(shown);
    }
  }
}
