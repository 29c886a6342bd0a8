import { expect, test } from "vitest";
import { lineWidth, paintLine } from "../../src/texts/styled-line.ts";

const LINE = [{ text: "✗ roots", style: "red" }, { text: " failed" }] as const;

test("a line is painted in colours or without them", () => {
  expect(paintLine(LINE, { columns: null, colour: false })).toBe("✗ roots failed");
  expect(paintLine(LINE, { columns: null, colour: true })).toBe("\x1b[31m✗ roots\x1b[39m failed");
});

test("a line is cut by what is seen of it, not by its escape sequences", () => {
  expect(paintLine(LINE, { columns: 10, colour: true })).toBe("\x1b[31m✗ roots\x1b[39m f…");
  expect(paintLine(LINE, { columns: 7, colour: true })).toBe("\x1b[31m✗ roots\x1b[39m");
  expect(paintLine(LINE, { columns: 5, colour: true })).toBe("\x1b[31m✗ ro…\x1b[39m");
});

test("its width is what it takes on the screen", () => {
  expect(lineWidth(LINE)).toBe(14);
  expect(lineWidth([{ text: "\x1b[31m根\x1b[0m" }])).toBe(2);
});
