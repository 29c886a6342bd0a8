import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { findLoss, parseJson } from "../src/json-loss.ts";

const BIG = "9007199254740993";
const rounded = `${BIG}, which JavaScript reads as 9007199254740992`;
const TWICE = "there twice, of which JavaScript reads the last";

describe("findLoss", () => {
  test.each([
    ["a number alone", BIG, "$", rounded],
    ["in an array, after others and with spaces", `[1, [2 , 3],\n ${BIG} ]`, "$[2]", rounded],
    ["in properties", `{"a" : {"x":1,"odd name":[${BIG}]}}`, '$.a["odd name"][0]', rounded],
    [
      "after strings with quotes, backslashes and digits",
      `["\\"${BIG}\\\\",{"${BIG}\\"":"e"},${BIG}]`,
      "$[2]",
      rounded,
    ],
    ["too large", "[1e400]", "$[0]", "1e400, which JavaScript reads as Infinity"],
    ["too small", "[1.0e-400]", "$[0]", "1.0e-400, which JavaScript reads as 0"],
    [
      "a very long one",
      "1".repeat(1000),
      "$",
      `${"1".repeat(60)}... (1000 characters), which JavaScript reads as Infinity`,
    ],
    ["a property that is there twice", '{"a":{"b":1,"c":2,"b":1}}', "$.a.b", TWICE],
    ["twice in another spelling", '{"b":1,"\\u0062":2}', "$.b", TWICE],
    ["__proto__ twice", '{"__proto__":1,"__proto__":2}', "$.__proto__", TWICE],
  ])("finds what JSON.parse changes: %s", (_title, text, at, found) => {
    expect(findLoss(text)).toEqual({ at, found });
  });

  test.each([
    ["the same property of different objects", '[{"a":{"a":1}},{"a":"a"}]'],
    ["a string of digits", `{"n":"${BIG}"}`],
    ["what aeson writes for doubles", "[1.0,1.0e-2,-0.0,1.5e300]"],
    ["half of a surrogate pair", String.raw`"\ud800"`],
    ["empty ones", '[{},[],"",null,true,false]'],
  ])("finds nothing in %s", (_title, text) => {
    expect(findLoss(text)).toBeUndefined();
  });

  test("finds nothing in what JSON.stringify wrote, with or without spaces", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom("", " ", "\t"), (value, space) => {
        expect(findLoss(JSON.stringify(value, undefined, space))).toBeUndefined();
      }),
    );
  });

  test("does not mind depth, and cuts the path", () => {
    const depth = 100_000;
    expect(findLoss(`${"[".repeat(depth)}${BIG}${"]".repeat(depth)}`)).toEqual({
      at: `$${"[0]".repeat(10)}...${depth - 20} steps...${"[0]".repeat(10)}`,
      found: rounded,
    });
  });
});

test("parseJson gives the value and the first loss", () => {
  expect(parseJson('{"a":[1,2.5]}')).toEqual({ json: { a: [1, 2.5] }, loss: undefined });
  expect(parseJson('{"a":[1.0,2.50]}')).toEqual({ json: { a: [1, 2.5] }, loss: undefined });
  expect(parseJson(`[${BIG},1e400]`).loss?.at).toBe("$[0]");
  expect(() => parseJson("[1")).toThrow(SyntaxError);
});
