import { expect, test } from "vitest";
import { Silence } from "../src/silence.ts";

test("it lasts since something was heard last", () => {
  const silence = new Silence(0);
  expect([silence.look(2_000, 2_000), silence.look(2_000, 4_100)]).toEqual([2_000, 4_100]);
  silence.heard(5_000);
  expect([silence.look(2_000, 6_100), silence.look(2_000, 8_000), silence.lastedMs(9_000)]).toEqual([
    1_100, 3_000, 4_000,
  ]);
});

test("who has stood still begins anew, and is not given up for it", () => {
  const silence = new Silence(0);
  silence.look(2_000, 2_000);
  expect([silence.look(2_000, 600_000), silence.look(2_000, 602_000)]).toEqual([0, 2_000]);
});
