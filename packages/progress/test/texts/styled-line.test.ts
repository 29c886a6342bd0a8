import { expect, test } from "vitest";
import { lineWidth, paintLine } from "../../src/texts/styled-line.ts";

const line = [{ text: "✗ roots", style: "red" }, { text: " failed" }] as const;

test("a line is painted in colours or without them", () => {
  expect(paintLine(line, { columns: null, colour: false })).toBe("✗ roots failed");
  expect(paintLine(line, { columns: null, colour: true })).toBe("\x1b[31m✗ roots\x1b[39m failed");
});

test("a line is cut by what is seen of it, not by its escape sequences", () => {
  expect(paintLine(line, { columns: 10, colour: true })).toBe("\x1b[31m✗ roots\x1b[39m f…");
  expect(paintLine(line, { columns: 7, colour: true })).toBe("\x1b[31m✗ roots\x1b[39m");
  expect(paintLine(line, { columns: 5, colour: true })).toBe("\x1b[31m✗ ro…\x1b[39m");
});

test("its width is what it takes on the screen", () => {
  expect(lineWidth(line)).toBe(14);
  expect(lineWidth([{ text: "\x1b[31m根\x1b[0m" }])).toBe(2);
});
