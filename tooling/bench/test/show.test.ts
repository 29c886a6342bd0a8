import { describe, expect, it } from "vitest";
import { figure } from "../src/figure.ts";
import { atLeast, atMost, isMet } from "../src/finding.ts";
import { showAnswer } from "../src/show.ts";

const finding = (value: number, gate: ReturnType<typeof atMost> | null): Parameters<typeof isMet>[0] => ({
  what: "a ratio",
  unit: "",
  value,
  gate,
});

describe("an answer", () => {
  it("is shown as the question, a table, and what follows from it", () => {
    const answer = {
      figures: [figure("one thing", "µs", [3, 1, 2]), figure("many things, once", "calls/s", [12_345.6])],
      findings: [
        finding(1.234, null),
        finding(2, atMost(2.5)),
        { what: "a rate", unit: "calls/s", value: 30_000, gate: atLeast(40_000) },
      ],
    };
    const question = {
      name: "cost",
      group: "local" as const,
      asks: "What does it cost?",
      answer: () => Promise.resolve(answer),
    };
    expect(`\n${showAnswer(question, answer)}\n`).toMatchInlineSnapshot(`
      "
      cost: What does it cost?
                           median  least  most
        one thing               2      1     3  µs
        many things, once  12,346               calls/s
        → a ratio: 1.23
        → a ratio: 2  ✔ at most 2.5
        → a rate: 30,000 calls/s  ✗ MISSED: at least 40,000
      "
    `);
  });

  it("meets a gate at the limit itself, and misses it beyond", () => {
    expect([2, 2.1].map((value) => isMet(finding(value, atMost(2))))).toEqual([true, false]);
    expect([2, 1.9].map((value) => isMet(finding(value, atLeast(2))))).toEqual([true, false]);
    expect(isMet(finding(9, null))).toBe(true);
  });
});
