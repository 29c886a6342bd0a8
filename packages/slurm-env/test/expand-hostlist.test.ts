import * as fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { expandHostlist, SlurmEnvError } from "../src/index.ts";
import { arbitraryHostlist } from "./fixtures/arbitrary-hostlist.ts";
import { hostnames } from "./fixtures/read-fixture.ts";
import { refusalOf } from "./fixtures/refusal.ts";

describe("a hostlist expands to what `scontrol show hostnames` printed", () => {
  test.each(hostnames.agreed)("$expression", ({ expression, names }) => {
    expect(expandHostlist(expression)).toEqual(names);
  });
});

describe("where Slurm only guesses, we refuse", () => {
  test.each(hostnames.guessed)("$expression", ({ expression }) => {
    expect(refusalOf(() => expandHostlist(expression)).code).toBe("malformed");
  });
});

describe("what Slurm refuses, we refuse", () => {
  test.each(hostnames.refused)("$expression", ({ expression, names }) => {
    expect(names).toBeNull();
    expect(refusalOf(() => expandHostlist(expression)).text).toBe(expression);
  });
});

describe("a name may go on after its last bracket group, unlike in Slurm 22.05", () => {
  test.each([
    ["n[1-3]-ib", ["n1-ib", "n2-ib", "n3-ib"]],
    ["n[08-10].example.org", ["n08.example.org", "n09.example.org", "n10.example.org"]],
    ["a[1-2]b[3-4]c", ["a1b3c", "a1b4c", "a2b3c", "a2b4c"]],
    ["n[1-2]-ib,m", ["n1-ib", "n2-ib", "m"]],
  ])("%s", (expression, names) => {
    expect(expandHostlist(expression)).toEqual(names);
  });

  it("a plain name is taken as it is, also where its number is too large for Slurm", () => {
    expect(expandHostlist("n99999999999999999999999")).toEqual(["n99999999999999999999999"]);
  });

  test.each(hostnames.beyond)("$expression is refused by Slurm and expanded by us", ({ expression, names }) => {
    expect(names).toBeNull();
    expect(expandHostlist(expression).length).toBeGreaterThan(0);
  });
});

describe("a refusal names the variable, the text and the place", () => {
  it("shows a caret under the place", () => {
    const refusal = refusalOf(() => expandHostlist("n[1-3],gpu[7", "SLURM_JOB_NODELIST"));
    expect(refusal).toMatchObject({
      code: "malformed",
      variable: "SLURM_JOB_NODELIST",
      text: "n[1-3],gpu[7",
      position: 10,
    });
    expect(refusal.message.split("\n").slice(0, 3)).toEqual([
      "SLURM_JOB_NODELIST, at character 11: this bracket is never closed",
      "  n[1-3],gpu[7",
      "            ^",
    ]);
  });

  test.each([
    ["n[3-1]", 2, "the range runs backwards"],
    ["n[]", 1, "the brackets are empty"],
    ["n[[1]]", 2, "a number is expected"],
    ["n[1-]", 4, "a number is expected"],
    ["n[1-", 4, "a number is expected, but the text ends"],
    ["n[1a]", 3, 'a number can be followed by "-", "," or "]"'],
    ["n1,,n2", 3, "a name is empty"],
    ["n1,", 3, "a name is empty"],
    ["", 0, "a name is empty"],
    ["n1 n2", 2, "a hostlist has no white space"],
    ["n1]", 2, 'this "]" has no "[" before it'],
    ["n1;rm", 2, "a node's name can't have this character"],
    ["n1,-oProxyCommand=x", 3, 'a name can\'t begin with "-"'],
    ["../n1", 0, 'a name can\'t begin with "."'],
    ["n[1-18446744073709551616]", 4, "the number is larger than 18446744073709551615"],
  ])("%s: at %i, %s", (expression, position, problem) => {
    const refusal = refusalOf(() => expandHostlist(expression));
    expect(refusal.position).toBe(position);
    expect(refusal.message).toContain(problem);
  });

  it("does not repeat control characters to the terminal, and keeps the caret in place", () => {
    const { message } = refusalOf(() => expandHostlist("n1\u001b[2J"));
    expect(message.split("\n").slice(1)).toEqual(["  n1\\u001b[2J", "    ^"]);
  });

  it("shows an excerpt of a long text", () => {
    const { message, position } = refusalOf(() => expandHostlist(`${"n1,".repeat(1000)}?${",n1".repeat(1000)}`));
    expect(position).toBe(3000);
    expect(message.length).toBeLessThan(400);
    const [, excerpt, caret] = message.split("\n");
    expect(excerpt?.charAt(caret?.indexOf("^") ?? 0)).toBe("?");
  });
});

describe("no more than 65,536 names are built", () => {
  test.each(["n[1-65536]", "a[1-256]b[1-256]", "n[1-65535],m"])("%s is 65,536 names", (expression) => {
    expect(expandHostlist(expression)).toHaveLength(65_536);
  });

  test.each([
    ["one range", "n[1-65537]"],
    ["one name more", "n[1-65536],m"],
    ["the largest range", "n[0-18446744073709551615]"],
    ["two groups", "a[1-257]b[1-256]"],
    ["two patterns", "n[1-40000],m[1-40000]"],
    ["many groups", "[1-99]".repeat(60)],
    ["many ranges", `[${"1-9,".repeat(10_000)}1]`],
    ["many names", "n,".repeat(1_000_000)],
  ])("too many by %s: refused before they are built", (_, expression) => {
    expect(refusalOf(() => expandHostlist(expression)).code).toBe("too-many-names");
  });
});

describe("a text of a million characters ends at once", () => {
  const million = 1_000_000;
  test.each([
    ["an endless name", "n".repeat(million)],
    ["an endless name before many numbers", `${"n".repeat(million)}[1-65536]`],
    ["an endless number", `n[${"9".repeat(million)}]`],
    ["endless zeros", `n[${"0".repeat(million)}1-9]`],
    ["endless brackets", "[".repeat(million)],
    ["endless groups", "[1]".repeat(million / 3)],
    ["endless dashes", `n[1${"-".repeat(million)}]`],
    ["endless commas", ",".repeat(million)],
    ["a fault at the end", `${"n1".repeat(100)}[${"1".repeat(million)}`],
  ])("%s", (_, expression) => {
    expect(() => expandHostlist(expression)).toThrow(SlurmEnvError);
  });
});

describe("for any text", () => {
  it("a well-formed hostlist gives the names that a naive expansion gives", () => {
    fc.assert(
      fc.property(arbitraryHostlist, ({ expression, names }) => {
        expect(expandHostlist(expression)).toEqual(names);
      }),
    );
  });

  it("a text either expands to plain names or is refused, with a place in the text", () => {
    const near = fc.string({
      unit: fc.constantFrom("n", "1", "0", "9", "[", "]", ",", "-", " ", ".", "\n"),
      maxLength: 30,
    });
    fc.assert(
      fc.property(fc.oneof(near, fc.string({ unit: "binary" })), (text) => {
        try {
          for (const name of expandHostlist(text)) expect(name).toMatch(/^[A-Za-z0-9_][A-Za-z0-9._-]*$/);
        } catch (error) {
          if (!(error instanceof SlurmEnvError)) throw error;
          expect(error.position).toBeLessThanOrEqual(text.length);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
