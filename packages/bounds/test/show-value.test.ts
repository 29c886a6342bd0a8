import { expect, test } from "vitest";
import { showDuration } from "../src/show-value.ts";

test.each([
  [0, "0 ms"],
  [100, "100 ms"],
  [999.4, "999 ms"],
  [999.5, "1 s"],
  [2_500, "2.5 s"],
  [9_940, "9.9 s"],
  [10_010, "10 s"],
  [59_400, "59 s"],
  [59_700, "1 m 00 s"],
  [200_000, "3 m 20 s"],
  [7_500_000, "2 h 05 m"],
  [4_000_000_000, "1,111 h 06 m"],
])("a message shows %d ms as %s", (ms, text) => {
  expect(showDuration(ms)).toBe(text);
});
