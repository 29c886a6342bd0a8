import * as fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { expandHostlist, foldHostlist } from "../src/index.ts";
import { arbitraryHostlist, arbitraryNames } from "./fixtures/arbitrary-hostlist.ts";
import { refusalOf } from "./fixtures/refusal.ts";

describe("names fold into ranges", () => {
  test.each([
    [["n1"], "n1"],
    [["n1", "n2", "n3"], "n[1-3]"],
    [["n1", "n3"], "n[1,3]"],
    [["n1", "n2", "n3", "n7", "n9", "n10"], "n[1-3,7,9-10]"],
    [["n08", "n09", "n10"], "n[08-10]"],
    [["n8", "n9", "n10"], "n[8-10]"],
    [["n099", "n100", "n101"], "n[099-101]"],
    [["n08", "n9"], "n[08,9]"],
    [["1", "2"], "[1-2]"],
    [["login", "n1", "n2", "login"], "login,n[1-2],login"],
    [["a1b01", "a1b02", "a2b01", "a2b02"], "a[1-2]b[01-02]"],
    [["a1b3", "a2b3"], "a[1-2]b[3]"],
    [["a1b1", "a1b2", "a2b1"], "a1b[1-2],a2b1"],
    [["r1-n1.c1", "r1-n1.c2", "r1-n2.c1", "r1-n2.c2"], "r1-n[1-2].c[1-2]"],
  ])("%j is %s", (names, folded) => {
    expect(foldHostlist(names)).toBe(folded);
    expect(expandHostlist(folded)).toEqual(names);
  });

  it("keeps order and duplicates", () => {
    expect(foldHostlist(["n3", "n1", "n2", "n2", "n3"])).toBe("n[3,1-2,2-3]");
  });

  it("leaves names alone that end in text, since Slurm can't read brackets before it", () => {
    expect(foldHostlist(["n1-ib", "n2-ib"])).toBe("n1-ib,n2-ib");
  });

  it("leaves a number alone that Slurm can't count with", () => {
    expect(foldHostlist(["n18446744073709551616", "n18446744073709551617"])).toBe(
      "n18446744073709551616,n18446744073709551617",
    );
  });
});

describe("what can't be a hostlist is refused", () => {
  test.each(["", "n 1", "n[1]", "n1,n2", "-n1", "n/1", "n1\n", "n\u00e9"])("the name %j", (name) => {
    expect(refusalOf(() => foldHostlist(["n1", name])).code).toBe("malformed");
  });

  it("no names at all", () => {
    expect(refusalOf(() => foldHostlist([])).code).toBe("malformed");
  });

  it("more names than expandHostlist would give back", () => {
    expect(refusalOf(() => foldHostlist(Array.from({ length: 65_537 }, () => "n1"))).code).toBe("too-many-names");
  });
});

describe("for any names", () => {
  it("expanding after folding is the identity", () => {
    fc.assert(
      fc.property(arbitraryNames, (names) => {
        expect(expandHostlist(foldHostlist(names))).toEqual(names);
      }),
      { numRuns: 1000 },
    );
  });

  it("folding after expanding gives a hostlist of the same names, which folds to itself", () => {
    fc.assert(
      fc.property(arbitraryHostlist, ({ expression, names }) => {
        const folded = foldHostlist(expandHostlist(expression));
        expect(expandHostlist(folded)).toEqual(names);
        expect(foldHostlist(expandHostlist(folded))).toBe(folded);
      }),
    );
  });

  it("65,536 neighbours are one range", () => {
    expect(foldHostlist(expandHostlist("n[1-65536]"))).toBe("n[1-65536]");
  });
});
