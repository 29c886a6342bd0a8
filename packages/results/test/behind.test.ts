/** A database with another one behind it, which a program of its own has open and writes. */
import { readdirSync, statSync } from "node:fs";
import { afterEach, describe, expect, test, vi } from "vitest";
import { z } from "zod";
import {
  forget,
  insert,
  keyValMap,
  lookup,
  lookupAll,
  memoizeWithMap,
  openResults,
  type OtherCode,
  type ResultsDatabase,
  type ResultsOptions,
} from "../src/index.ts";
import { startScribe } from "./scribe.ts";
import { temporaryFolder, type Folder } from "./world.ts";

const map = keyValMap("m", z.number(), z.string());

const never = () => async (): Promise<never> => expect.fail("it was computed");

const behindOf = (folder: Folder): string => `${folder.path}/behind.sqlite`;

/** A job's database, with the one behind it that `behindOf` names. */
const openJob = (folder: Folder, options: Partial<Omit<ResultsOptions, "readOnly">> = {}): Promise<ResultsDatabase> =>
  openResults({ path: folder.database, programId: "job", behind: behindOf(folder), ...options });

/** Lets the clock of what has been read go on by so many seconds. */
const passSeconds = (seconds: number): void => {
  const now = performance.now.bind(performance);
  vi.spyOn(performance, "now").mockImplementation(() => now() + seconds * 1000);
};

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

describe("what a database does not have", () => {
  test("is found in the one behind it, beside its writer, which gets nothing of it", async () => {
    using folder = temporaryFolder();
    await using program = await startScribe(behindOf(folder), "prog1");
    await program.call(
      ["insert", "m", "1", '"behind"'],
      ["insert", "m", "2", '"behind"'],
      ["insert", "m", "3", '"behind"'],
    );
    const hits: string[] = [];
    await using results = await openJob(folder, { onHit: (name) => hits.push(name) });
    const env = { results };
    await insert(map, 2, "own")(env);
    expect(await lookup(map, 1)(env)).toBe("behind");
    expect(await lookup(map, 2)(env)).toBe("own");
    expect(await lookup(map, 4)(env)).toBeUndefined();
    expect(await memoizeWithMap(map, never, 3)(env)).toBe("behind");
    expect(await memoizeWithMap(map, () => async () => "computed", 4)(env)).toBe("computed");
    expect(hits).toEqual(["m"]);
    expect(results.counters).toMatchObject({ lookups: 5, hits: 3, inserts: 2 });
    expect(await lookupAll(map)(env)).toEqual([
      [1, "behind"],
      [3, "behind"],
      [2, "own"],
      [4, "computed"],
    ]);
    await program.end();
    await using behind = await openResults({ path: behindOf(folder), readOnly: true });
    expect(await lookupAll(map)({ results: behind })).toHaveLength(3);
  });

  test("is computed once by equal calls that come while the one behind is read", async () => {
    using folder = temporaryFolder();
    await using program = await startScribe(behindOf(folder), "prog1");
    await program.call(["insert", "m", "1", '"behind"']);
    await using results = await openJob(folder);
    let computed = 0;
    const compute = () => async () => `computed ${(computed += 1)}`;
    const calls = [1, 2, 2, 1, 2].map((key) => memoizeWithMap(map, compute, key)({ results }));
    expect(await Promise.all(calls)).toEqual(["behind", "computed 1", "computed 1", "behind", "computed 1"]);
    expect(results.counters).toMatchObject({ shared: 2 });
  });

  test("does not come back from behind once it was forgotten, and is not forgotten there", async () => {
    using folder = temporaryFolder();
    await using program = await startScribe(behindOf(folder), "prog1");
    await program.call(["insert", "m", "1", '"behind"'], ["insert", "m", "2", '"behind"']);
    await using results = await openJob(folder);
    const env = { results };
    await insert(map, 1, "own")(env);
    expect(await forget(map, (key) => key < 3)(env)).toBe(2);
    expect(await lookup(map, 1)(env)).toBeUndefined();
    expect(await lookupAll(map)(env)).toEqual([]);
    passSeconds(60);
    await program.call(["insert", "m", "3", '"later"']);
    expect(await lookupAll(map)(env)).toEqual([[3, "later"]]);
    expect(await memoizeWithMap(map, () => async () => "computed", 2)(env)).toBe("computed");
    await using behind = await openResults({ path: behindOf(folder), readOnly: true });
    expect(await lookup(map, 2)({ results: behind })).toBe("behind");
  });

  test("comes with the code that computed it", async () => {
    using folder = temporaryFolder();
    await using program = await startScribe(behindOf(folder), "prog1", "old");
    await program.call(["noteCode", "m", "f"], ["insert", "m", "1", '"by old"']);
    const found: OtherCode[] = [];
    await using same = await openJob(folder, { codeOfToday: () => "old", onOtherCode: (each) => found.push(each) });
    expect(await same.claim("m", "1", { code: "same" })).toEqual({
      kind: "remembered",
      value: '"by old"',
      codes: new Map([["f", "old"]]),
    });
    expect(found).toEqual([]);
    await same[Symbol.asyncDispose]();
    await using other = await openJob(folder, { codeOfToday: () => "new", onOtherCode: (each) => found.push(each) });
    const compute = () => async () => "by new";
    expect(await memoizeWithMap(map, compute, 1)({ results: other })).toBe("by old");
    expect(found).toMatchObject([{ map: "m", results: 1, functions: ["f"], programId: "prog1" }]);
    expect(await memoizeWithMap(map, compute, 1, { code: "same" })({ results: other })).toBe("by new");
    expect(await memoizeWithMap(map, never, 1)({ results: other })).toBe("by new");
  });
});

describe("the database behind", () => {
  test("is read again when it has changed and 10 s have passed", async () => {
    using folder = temporaryFolder();
    await using program = await startScribe(behindOf(folder), "prog1");
    await program.call(["insert", "m", "1", '"early"']);
    await using results = await openJob(folder);
    expect(await lookup(map, 1)({ results })).toBe("early");
    await program.call(["insert", "m", "2", '"late"']);
    expect(await lookup(map, 2)({ results })).toBeUndefined();
    passSeconds(60);
    expect(await lookup(map, 2)({ results })).toBe("late");
  });

  test("is read the more seldom, the longer that takes", async () => {
    using folder = temporaryFolder();
    await using program = await startScribe(behindOf(folder), "prog1");
    await program.call(["insert", "m", "1", '"early"']);
    await using results = await openJob(folder);
    const now = performance.now.bind(performance);
    let passedMs = 0;
    // From the first to the last look at the clock of one reading pass 20 s, or more.
    const clock = vi.spyOn(performance, "now").mockImplementation(() => now() + (passedMs += 20_000));
    expect(await lookup(map, 1)({ results })).toBe("early");
    clock.mockImplementation(() => now() + passedMs + 500_000);
    await program.call(["insert", "m", "2", '"late"']);
    expect(await lookup(map, 2)({ results })).toBeUndefined();
    clock.mockImplementation(() => now() + passedMs * 100);
    expect(await lookup(map, 2)({ results })).toBe("late");
  });

  test("may be missing, and come later", async () => {
    using folder = temporaryFolder();
    const failed: unknown[] = [];
    await using results = await openJob(folder, { onBehindFailed: (error) => failed.push(error) });
    expect(await lookup(map, 1)({ results })).toBeUndefined();
    await using program = await startScribe(behindOf(folder), "prog1");
    await program.call(["insert", "m", "1", '"behind"']);
    passSeconds(60);
    expect(await lookup(map, 1)({ results })).toBe("behind");
    expect(failed).toEqual([]);
  });

  test("is not waited for by who is cancelled, nor at the end, and leaves no copy behind", async () => {
    using folder = temporaryFolder();
    using copies = temporaryFolder();
    await using program = await startScribe(behindOf(folder), "prog1");
    await program.end();
    vi.stubEnv("TMPDIR", copies.path);
    // At this time, the file has always been written a moment ago, and is tried again.
    vi.spyOn(Date, "now").mockImplementation(() => statSync(behindOf(folder)).ctimeMs);
    const results = await openJob(folder);
    const caller = new AbortController();
    const cancelled = memoizeWithMap(map, never, 1)({ results, signal: caller.signal });
    const waiting = memoizeWithMap(map, never, 1)({ results });
    await vi.waitUntil(() => readdirSync(copies.path).length > 0);
    caller.abort(new Error("enough"));
    await expect(cancelled).rejects.toThrow("enough");
    const closed = results[Symbol.asyncDispose]();
    await expect(waiting).rejects.toMatchObject({ code: "closed" });
    await closed;
    expect(readdirSync(copies.path)).toEqual([]);
  });
});
