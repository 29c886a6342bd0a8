import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { GREETING, GreetingScanner, MAX_BANNER_BYTES } from "../src/greeting.ts";
import { anyCuts, cut, patternOf } from "./frames.ts";

describe("the greeting is found", () => {
  const anyBannerLength = fc.oneof(
    fc.integer({ min: 0, max: 300 }),
    fc.integer({ min: 0, max: MAX_BANNER_BYTES }),
    fc.integer({ min: MAX_BANNER_BYTES - 40, max: MAX_BANNER_BYTES }),
  );

  it("behind a banner of any size up to 64 KB, in any pieces, and what follows it is handed on", () => {
    fc.assert(
      fc.property(anyBannerLength, fc.integer({ min: 0, max: 300 }), anyCuts, (length, following, cuts) => {
        const { scanner, rest } = scan(Buffer.concat([bannerOf(length), GREETING, patternOf(following, 3)]), cuts);
        expect(rest).toEqual(patternOf(following, 3));
        expect(scanner.banner).toBe(bannerOf(length).toString().trim());
      }),
      { numRuns: 40 },
    );
  });

  it("behind the longest banner, wherever the stream is cut in the greeting", () => {
    for (let at = 0; at <= GREETING.length; at++) {
      const { rest } = scan(Buffer.concat([bannerOf(MAX_BANNER_BYTES), GREETING, Buffer.from("frames")]), [
        MAX_BANNER_BYTES + at,
        1_000,
      ]);
      expect(rest?.toString()).toBe("frames");
    }
  });

  it("byte by byte", () => {
    const { rest } = scan(Buffer.concat([bannerOf(2_000), GREETING, Buffer.from("frames")]), [1]);
    expect(rest?.toString()).toBe("frames");
  });

  it("behind a banner that holds parts of it", () => {
    const banner = Buffer.concat([
      GREETING.subarray(0, -1),
      Buffer.from("\0hyperion-ts "),
      GREETING.subarray(0, 3),
      Buffer.from("Welcome\n"),
    ]);
    expect(scan(Buffer.concat([banner, GREETING]), [5]).rest).toEqual(Buffer.alloc(0));
  });
});

describe("a stream without a greeting", () => {
  it("is given up after 64 KB, and shows what came", () => {
    for (const cuts of [[1_000_000], [65_536], [100]]) {
      expect(() => scan(bannerOf(MAX_BANNER_BYTES + 100), cuts)).toThrow(
        expect.objectContaining({
          name: "WireError",
          code: "bad-greeting",
          message: "The agent did not greet within the first 65536 bytes of its output",
        }),
      );
    }
    const scanner = new GreetingScanner();
    expect(() => scanner.push(bannerOf(MAX_BANNER_BYTES + 100))).toThrow();
    expect(scanner.banner).toContain("Welcome to the cluster! line 0");
  });

  it("is given up also when a greeting comes too late", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100_000 }), anyCuts, (late, cuts) => {
        expect(() => scan(Buffer.concat([bannerOf(MAX_BANNER_BYTES + late), GREETING]), cuts)).toThrow(
          "did not greet within the first 65536 bytes",
        );
      }),
      { numRuns: 15 },
    );
  });

  it("shows what has come so far", () => {
    const { scanner, rest } = scan(Buffer.from("bash: hyperion: command not found\n"), [3]);
    expect(rest).toBeUndefined();
    expect(scanner.banner).toBe("bash: hyperion: command not found");
  });
});

it("an agent of another version is refused at once, with both versions", () => {
  const other = Buffer.from(GREETING).toString("latin1").replace(/\d+/, "9876");
  expect(() => scan(Buffer.from(`Welcome\n${other}`), [4])).toThrow(
    expect.objectContaining({
      code: "bad-greeting",
      message: expect.stringMatching(/version 9876 of the protocol, this program version \d+/),
    }),
  );
});

/** Feeds a scanner until it has found the greeting; `rest` is all that follows. */
function scan(
  bytes: Buffer,
  cuts: readonly number[],
): { readonly scanner: GreetingScanner; readonly rest: Buffer | undefined } {
  const scanner = new GreetingScanner();
  let rest: Buffer | undefined;
  for (const piece of cut(bytes, cuts)) rest = rest === undefined ? scanner.push(piece) : Buffer.concat([rest, piece]);
  return { scanner, rest };
}

function bannerOf(length: number): Buffer {
  const lines = Array.from({ length: Math.ceil(length / 30) }, (_, line) => `Welcome to the cluster! line ${line}\n`);
  return Buffer.from(lines.join("").slice(0, length));
}
