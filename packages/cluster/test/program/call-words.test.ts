import { expect, test } from "vitest";
import { callWords } from "../../src/program/call-words.ts";

test.each([
  [{ points: Array.from({ length: 50 }, (_, i) => i), n: 2, eps: 1e-9 }, "n=2 eps=1e-9 points=[50]"],
  [
    { xs: [1, 2, 3], name: "of a block", flag: true, none: null, left: undefined },
    "xs=[1,2,3] name=of_a_block flag=true none=null",
  ],
  [
    { text: "a text of more than twenty letters", deep: { a: { b: { c: [1, 2, 3, 4, 5, 6] } } } },
    "deep={a:{b:[Object]}} text=a_text_of_more_than…",
  ],
  [7, "7"],
  ["block", "block"],
  [undefined, "undefined"],
  [[1, 2, 3], "[ 1, 2, 3 ]"],
  [{}, ""],
])("the input %j is shown as %s", (input, words) => {
  expect(callWords(input)).toBe(words);
});

test("a long input is cut", () => {
  const input = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`name${i}`, i]));
  expect(callWords(input)).toHaveLength(60);
  expect(callWords("x".repeat(1_000))).toHaveLength(60);
});
