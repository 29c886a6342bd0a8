import * as fc from "fast-check";
import { expect, test } from "vitest";
import { excerpt } from "../src/excerpt.ts";

test("what is short is quoted as it is, without the line ends of terminals", () => {
  expect(excerpt("Permission denied.\r\nGoodbye.\r\n")).toBe("Permission denied.\nGoodbye.");
});

test("of what is long the first and last lines are quoted", () => {
  const text = Array.from({ length: 3_000 }, (_, i) => `This is line ${i} of the message of today.`).join("\n");
  expect(excerpt(text, 100)).toBe(
    "This is line 0 of the message of today.\n... (127808 characters) ...\nThis is line 2999 of the message of today.",
  );
});

test("of one long line its two ends are quoted", () => {
  expect(excerpt("a".repeat(200) + "b".repeat(200), 20)).toBe("aaaaaaaaaa\n... (380 characters) ...\nbbbbbbbbbb");
});

test("what would move a terminal's cursor is shown in place of being done", () => {
  expect(excerpt("\u001b[2J\u0007\tdone")).toBe("\\x1b[2J\\x07\tdone");
});

test("a quotation is never much longer than was asked for, and has no control characters", () => {
  fc.assert(
    fc.property(
      fc.string({ maxLength: 2_000, unit: "binary-ascii" }),
      fc.integer({ min: 2, max: 500 }),
      (text, maxChars) => {
        const quoted = excerpt(text, maxChars);
        expect(quoted.length).toBeLessThan(maxChars + 40);
        expect(quoted).toMatch(/^[\n\t -~]*$/);
      },
    ),
  );
});
