/** Amounts as people write them. */
import { expect, test } from "vitest";
import { megabytesOf, memoryText, secondsOf, timeText } from "../src/index.ts";

test.each([
  ["500", 500, "500M"],
  ["16G", 16_384, "16G"],
  ["1.5g", 1_536, "1536M"],
  ["100K", 1, "1M"],
  ["2T", 2_097_152, "2048G"],
])("%s are %i megabytes", (text, megabytes, written) => {
  expect(megabytesOf(text)).toBe(megabytes);
  expect(memoryText(megabytes)).toBe(written);
});

test.each([
  ["90", 5_400, "1:30:00"],
  ["2:30", 150, "0:02:30"],
  ["4:00:05", 14_405, "4:00:05"],
  ["1-12", 129_600, "36:00:00"],
  ["2-12:30", 217_800, "2-12:30:00"],
  ["3-00:00:01", 259_201, "3-00:00:01"],
])("%s are %i seconds", (text, seconds, written) => {
  expect(secondsOf(text)).toBe(seconds);
  expect(timeText(seconds)).toBe(written);
  expect(secondsOf(written)).toBe(seconds);
});
