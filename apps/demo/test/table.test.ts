import * as fc from "fast-check";
import { expect, test } from "vitest";
import { table } from "../src/table.ts";

test("numbers stand under each other by their decimal points", () => {
  expect(
    table(
      ["n", "x", "root"],
      [
        [2, 0.5, 1.25],
        [2, 10, 12],
        [3, 100.125, 0.5],
      ],
    ),
  ).toMatchInlineSnapshot(`
    "n  x        root
    2    0.5     1.25
    2   10      12
    3  100.125   0.5"
  `);
});

test("a table can be read back exactly", () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true, min: 0 })), { maxLength: 20 }),
      (rows) => {
        const [, ...lines] = table(["a", "b"], rows).split("\n");
        expect(lines.map((line) => line.trim().split(/ +/).map(Number))).toEqual(rows.map(([a, b]) => [a, b]));
      },
    ),
  );
});
