import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import { z } from "zod";
import {
  type HasResults,
  keyValMap,
  lookup,
  lookupAll,
  memoizeWithMap,
  type MemoizeOptions,
  openResults,
  type OtherCode,
} from "../src/index.ts";
import { temporaryFolder } from "./world.ts";

const inner = keyValMap("inner", z.number(), z.string());
const outer = keyValMap("outer", z.number(), z.string());

/** Programs, one after another, whose functions have these codes. */
function programs(database: string) {
  let count = 0;
  return async <A>(
    codes: Readonly<Record<string, string>> | undefined,
    use: (env: HasResults) => Promise<A>,
  ): Promise<{ readonly value: A; readonly found: readonly OtherCode[] }> => {
    const found: OtherCode[] = [];
    const code = codes === undefined ? {} : { codeOfToday: (name: string) => codes[name] };
    await using results = await openResults({
      path: database,
      programId: `prog${(count += 1)}`,
      onOtherCode: (each) => found.push(each),
      ...code,
    });
    return { value: await use({ results }), found };
  };
}

/** Computes x with the functions `names`, and says with which code. */
const compute =
  (codes: Readonly<Record<string, string>>, ...names: readonly string[]) =>
  (x: number) =>
  async ({ noteCode }: HasResults): Promise<string> => {
    for (const name of names) noteCode?.(name);
    return `${x} by ${names.map((name) => codes[name]).join(" and ")}`;
  };

/** A program's results of 1 to `most`, with one function, in a map. */
const innerOf =
  (codes: Readonly<Record<string, string>>, most: number, options?: MemoizeOptions) => (env: HasResults) =>
    Promise.all(
      Array.from({ length: most }, (_, i) => memoizeWithMap(inner, compute(codes, "f"), i + 1, options)(env)),
    );

test("results that changed code has computed are told once for each map, with how many, of which functions, and since when", async () => {
  using folder = temporaryFolder();
  const run = programs(folder.database);
  expect((await run({ f: "old" }, innerOf({ f: "old" }, 3))).found).toEqual([]);
  const after = await run({ f: "new" }, innerOf({ f: "new" }, 5));
  expect(after.value).toEqual(["1 by old", "2 by old", "3 by old", "4 by new", "5 by new"]);
  expect(after.found).toEqual([
    {
      map: "inner",
      results: 3,
      functions: ["f"],
      programId: "prog1",
      startedAt: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/),
    },
  ]);
  expect((await run({ f: "new" }, lookup(inner, 1))).found).toMatchObject([{ results: 3 }]);
  expect((await run({ f: "new" }, lookup(inner, 4))).found).toEqual([]);
  expect((await run({ f: "new" }, lookupAll(inner))).found).toMatchObject([{ results: 3 }]);
});

test("code that is changed back is the same code", async () => {
  using folder = temporaryFolder();
  const run = programs(folder.database);
  await run({ f: "old" }, innerOf({ f: "old" }, 1));
  await run({ f: "new" }, innerOf({ f: "new" }, 1));
  expect(await run({ f: "old" }, innerOf({ f: "old" }, 1, { code: "same" }))).toEqual({
    value: ["1 by old"],
    found: [],
  });
});

test('with code: "same" they are computed again, once, and what the same code has computed is not', async () => {
  using folder = temporaryFolder();
  const run = programs(folder.database);
  await run({ f: "old" }, innerOf({ f: "old" }, 2));
  expect(await run({ f: "new" }, innerOf({ f: "new" }, 2, { code: "same" }))).toEqual({
    value: ["1 by new", "2 by new"],
    found: [],
  });
  expect((await run({ f: "new" }, innerOf({ f: "never run" }, 2, { code: "same" }))).value).toEqual([
    "1 by new",
    "2 by new",
  ]);
  expect((await run({ f: "new" }, innerOf({ f: "never run" }, 2))).found).toEqual([]);
});

test("a value that was computed out of remembered ones depends on the functions of these", async () => {
  using folder = temporaryFolder();
  const run = programs(folder.database);
  const both =
    (codes: Readonly<Record<string, string>>, options?: MemoizeOptions) =>
    (env: HasResults): Promise<string> =>
      memoizeWithMap(
        outer,
        (x) => async (env: HasResults) =>
          `(${await memoizeWithMap(inner, compute(codes, "f"), x, options)(env)}) ${await compute(codes, "g")(x)(env)}`,
        1,
        options,
      )(env);
  const [old, changed] = [
    { f: "old f", g: "g" },
    { f: "new f", g: "g" },
  ];
  await run(old, innerOf(old, 1));
  expect((await run(old, both(old))).value).toBe("(1 by old f) 1 by g");
  const seen = await run(changed, both(changed));
  expect(seen.found).toMatchObject([{ map: "outer", results: 1, functions: ["f"] }]);
  expect((await run(changed, both(changed, { code: "same" }))).value).toBe("(1 by new f) 1 by g");
  expect((await run(changed, both(changed, { code: "same" }))).found).toEqual([]);
});

test('rows of programs that note no code are nobody\'s change; code: "same" computes them again', async () => {
  using folder = temporaryFolder();
  const run = programs(folder.database);
  await run(undefined, innerOf({ f: "unknown" }, 1));
  expect(await run({ f: "new" }, innerOf({ f: "new" }, 1))).toEqual({ value: ["1 by unknown"], found: [] });
  expect((await run({ f: "new" }, innerOf({ f: "new" }, 1, { code: "same" }))).value).toEqual(["1 by new"]);
});

test("a value that no remote function has computed is from the same code", async () => {
  using folder = temporaryFolder();
  const run = programs(folder.database);
  const local = memoizeWithMap(inner, () => async () => "local", 1, { code: "same" });
  await run({ f: "old" }, local);
  expect(
    await run(
      { f: "new" },
      memoizeWithMap(inner, () => async () => "again", 1, { code: "same" }),
    ),
  ).toEqual({ value: "local", found: [] });
});

test('a function that is no longer there changes nothing by itself; code: "same" does not take its results', async () => {
  using folder = temporaryFolder();
  const run = programs(folder.database);
  await run({ f: "f" }, innerOf({ f: "f" }, 1));
  expect((await run({ g: "g" }, innerOf({ f: "f" }, 1))).found).toEqual([]);
  expect(
    (await run({ g: "g" }, (env) => memoizeWithMap(inner, compute({ g: "g" }, "g"), 1, { code: "same" })(env))).value,
  ).toBe("1 by g");
});

test("what a program says of itself is kept beside its rows, and nothing of one without rows", async () => {
  using folder = temporaryFolder();
  for (const [programId, rows] of [
    ["with", 1],
    ["without", 0],
  ] as const) {
    await using results = await openResults({ path: folder.database, programId, codeOfToday: () => "same" });
    results.describeProgram({ host: "login1", commit: null });
    if (rows > 0) await innerOf({ f: "same" }, rows)({ results });
  }
  using database = new DatabaseSync(folder.database, { readOnly: true });
  expect(
    database
      .prepare("select program_id, about from hyperion_ts_origin")
      .all()
      .map((row) => ({ ...row })),
  ).toEqual([{ program_id: "with", about: '{"host":"login1","commit":null}' }]);
});

test("what was noted is written with the next rows where a COMMIT has failed", async () => {
  using folder = temporaryFolder();
  let failing = true;
  {
    await using results = await openResults({
      path: folder.database,
      programId: "prog1",
      codeOfToday: () => "old",
      aroundCommit: (commit) => {
        if (failing) throw new Error("disk I/O error");
        commit();
      },
    });
    await expect(innerOf({ f: "old" }, 1)({ results })).rejects.toThrow();
    failing = false;
    await innerOf({ f: "old" }, 1)({ results });
  }
  const run = programs(folder.database);
  expect((await run({ f: "new" }, innerOf({ f: "new" }, 1))).found).toMatchObject([{ results: 1 }]);
});
