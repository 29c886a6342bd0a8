import * as fc from "fast-check";
import { expect, test } from "vitest";
import { printable, textWidth, truncateText } from "../../src/texts/text-width.ts";

test.each([
  ["roots/bracket", 13],
  ["✔ ▶ ✗ ◌ …", 9],
  ["naïve", 5],
  ["cafe\u0301", 4],
  ["根", 2],
  ["ルート", 6],
  ["🚀", 2],
  ["👩‍💻", 2],
])("%s takes %i columns", (text, columns) => {
  expect(textWidth(text)).toBe(columns);
});

test.each([
  ["roots/bracket", 13, "roots/bracket"],
  ["roots/bracket", 8, "roots/b…"],
  ["根根根", 6, "根根根"],
  ["根根根", 5, "根根…"],
  ["根根根", 4, "根…"],
  ["roots", 1, "…"],
  ["roots", 0, ""],
])("%s in %i columns is %s", (text, columns, expected) => {
  expect(truncateText(text, columns)).toBe(expected);
});

test("a truncated text always fits", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: "grapheme" }),
      fc.nat(30),
      (text, columns) => textWidth(truncateText(text, columns)) <= columns,
    ),
  );
});

test("nothing of a text can move the cursor", () => {
  expect(printable("\x1b[31mred\x1b[0m\r\x07\x1b[2Jgone\tby\u009b1A")).toBe("redgone    by");
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom("\x1b", "\u009b", "[", "]", "1", ";", "A", "\x07", "\r", "根") }),
      (text) => !/\p{Cc}/u.test(printable(text)),
    ),
  );
});
