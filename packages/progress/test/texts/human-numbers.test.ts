import { describe, expect, test } from "vitest";
import { clockText, countText, durationText, plural, rateText, timeLeftText } from "../../src/texts/human-numbers.ts";

describe("numbers are written for people", () => {
  test.each([
    [countText(12_345), "12,345"],
    [plural(1, "node"), "1 node"],
    [plural(2_000, "call"), "2,000 calls"],
    [clockText(102.9), "00:01:42"],
    [clockText(-1), "00:00:00"],
    [clockText(360_000), "100:00:00"],
    [durationText(0), "0.0 s"],
    [durationText(3.21), "3.2 s"],
    [durationText(9.97), "10 s"],
    [durationText(42), "42 s"],
    [durationText(59.7), "1 m 00 s"],
    [durationText(200), "3 m 20 s"],
    [durationText(7_500), "2 h 05 m"],
    [rateText(12.44), "12.4 calls/s"],
    [rateText(43_210), "43,210 calls/s"],
    [rateText(0.5), "30.0 calls/min"],
    [rateText(0.001), "3.6 calls/h"],
    [timeLeftText(0.1), "about 1 s left"],
    [timeLeftText(2), "about 2 s left"],
    [timeLeftText(89), "about 89 s left"],
    [timeLeftText(200), "about 3 min left"],
    [timeLeftText(121), "about 2 min left"],
    [timeLeftText(2 * 3_600), "about 2 h left"],
    [timeLeftText(4 * 86_400), "about 4 days left"],
  ])("%s", (text, expected) => {
    expect(text).toBe(expected);
  });
});
