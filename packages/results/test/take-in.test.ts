/** Taking in the rows of other databases, of which others have some open and write them. */
import { rmSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, test } from "vitest";
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
} from "../src/index.ts";
import { writtenByHyperion } from "./hyperion-rows.ts";
import { startScribe } from "./scribe.ts";
import { brackets, root, runProgram, temporaryFolder, type Folder } from "./world.ts";

const map = keyValMap("m", z.number(), z.string());

const sourceOf = (folder: Folder, name = "job"): string => `${folder.path}/${name}.sqlite`;

const open = (folder: Folder): Promise<ResultsDatabase> => openResults({ path: folder.database, programId: "prog1" });

/** What a closed database has in one of its tables. */
const rowsOf = (path: string, sql: string): readonly (readonly unknown[])[] => {
  using database = new DatabaseSync(path, { readOnly: true });
  return database
    .prepare(sql)
    .all()
    .map((row) => Object.values(row));
};

describe("rows of a source", () => {
  test("come in with their program, time, code and origin, each once, while their program goes on writing", async () => {
    using folder = temporaryFolder();
    const source = sourceOf(folder);
    await using job = await startScribe(source, "job1", "old");
    await job.call(["noteCode", "m", "f"], ["insert", "m", "1", '"one"'], ["insert", "other", "1", '"one"']);
    {
      await using results = await open(folder);
      expect(await results.takeIn(source, { id: "job" })).toEqual({
        isThere: true,
        rows: 2,
        maps: new Map([
          ["m", 1],
          ["other", 1],
        ]),
      });
      expect(await results.takeIn(source, { id: "job" })).toEqual({ isThere: true, rows: 0, maps: new Map() });
      await job.call(["insert", "m", "2", '"two"'], ["insert", "m", "1", '"one again"']);
      expect(await results.takeIn(source, { id: "job" })).toMatchObject({ rows: 2 });
      expect(await lookupAll(map)({ results })).toEqual([
        [2, "two"],
        [1, "one again"],
      ]);
    }
    await job.end();
    const rows = "select program_id, kv_map, key, val, created_at from hyperion_key_val order by rowid";
    expect(rowsOf(folder.database, rows)).toEqual(rowsOf(source, rows));
    for (const sql of ["select * from hyperion_ts_origin", "select * from hyperion_ts_code"])
      expect(rowsOf(folder.database, sql)).toEqual(rowsOf(source, sql));
    const found: OtherCode[] = [];
    await using results = await openResults({
      path: folder.database,
      programId: "prog2",
      codeOfToday: () => "new",
      onOtherCode: (each) => found.push(each),
    });
    expect(await memoizeWithMap(map, () => async () => "by new", 1, { code: "same" })({ results })).toBe("by new");
    expect(await lookup(map, 2)({ results })).toBe("two");
    expect(found).toMatchObject([{ map: "m", results: 1, programId: "job1", functions: ["f"] }]);
    expect(await results.takeIn(source, { id: "job" })).toMatchObject({ rows: 0 });
  });

  test("all come that were acknowledged, of a program that writes all the time", async () => {
    using folder = temporaryFolder();
    await using writer = runProgram("writer.ts", sourceOf(folder));
    await using results = await open(folder);
    let rows = 0;
    for (let round = 0; round < 10; round++) {
      let acknowledged = -1;
      for (let line = 0; line < 40; line++) acknowledged = Number(await writer.nextLine());
      rows += (await results.takeIn(sourceOf(folder), { id: "job" })).rows;
      expect(await lookup(brackets, root(acknowledged))({ results })).toEqual([acknowledged, 1]);
    }
    const all = await lookupAll(brackets)({ results });
    expect(all.map(([{ n }]) => n)).toEqual(all.map((_row, n) => n));
    expect(rows).toBe(all.length);
  });

  test("that were removed there stay here, and what comes in their place is new", async () => {
    using folder = temporaryFolder();
    const source = sourceOf(folder);
    await using results = await open(folder);
    for (const [key, value] of [
      ["1", "one"],
      ["2", "two"],
    ] as const) {
      await using job = await startScribe(source, "job1");
      await job.call(["insert", "m", key, `"${value}"`]);
      expect(await results.takeIn(source, { id: "job" })).toMatchObject({ rows: 1 });
      await job.call(["forget", "m", key]);
      await job.end();
    }
    await using job = await startScribe(source, "job1");
    await job.call(["insert", "m", "3", '"three"'], ["insert", "m", "1", '"one again"']);
    expect(await results.takeIn(source, { id: "job" })).toMatchObject({ rows: 2 });
    expect(await lookupAll(map)({ results })).toEqual([
      [2, "two"],
      [3, "three"],
      [1, "one again"],
    ]);
    expect(await forget(map, (key) => key === 2)({ results })).toBe(1);
    expect(await results.takeIn(source, { id: "job" })).toMatchObject({ rows: 0 });
    expect(await lookup(map, 2)({ results })).toBeUndefined();
  });

  test("come in of a file that begins anew, and of another place by the same name not again", async () => {
    using folder = temporaryFolder();
    await using results = await open(folder);
    for (const value of ["first", "second"]) {
      await using job = await startScribe(sourceOf(folder), "job1");
      await job.call(["insert", "m", "1", `"${value}"`]);
      await job.end();
      expect(await results.takeIn(sourceOf(folder), { id: "job" })).toMatchObject({ rows: 1 });
      expect(await lookup(map, 1)({ results })).toBe(value);
      using copy = new DatabaseSync(sourceOf(folder));
      copy.prepare("vacuum into ?").run(sourceOf(folder, value));
      expect(await results.takeIn(sourceOf(folder, value), { id: "job" })).toMatchObject({ rows: 0 });
      rmSync(sourceOf(folder));
    }
    expect(await results.takeIn(sourceOf(folder), { id: "job" })).toEqual({
      isThere: false,
      rows: 0,
      maps: new Map(),
    });
  });

  test("of one key are as new as they came in", async () => {
    using folder = temporaryFolder();
    await using results = await open(folder);
    for (const name of ["first", "second"]) {
      await using job = await startScribe(sourceOf(folder, name), name);
      await job.call(["insert", "m", "1", `"${name}"`]);
    }
    await insert(map, 1, "own")({ results });
    for (const id of ["second", "first"]) {
      expect(await results.takeIn(sourceOf(folder, id), { id })).toMatchObject({ rows: 1 });
      expect(await lookup(map, 1)({ results })).toBe(id);
    }
    await insert(map, 1, "own again")({ results });
    expect(await lookup(map, 1)({ results })).toBe("own again");
  });

  test("are found by the keys of a map that Hyperion has written, and stay what they are, byte by byte", async () => {
    using folder = temporaryFolder();
    const source = sourceOf(folder);
    writtenByHyperion(source, [["binary_root_search", '{"x":2.0,"n":2,"eps":1.0e-9}', "[1.0,1.5]"]]);
    {
      using database = new DatabaseSync(source);
      database.exec("insert into hyperion_key_val(program_id, kv_map, key, val) values ('x', 'm', '1', x'ff00')");
      database.exec(
        "insert into hyperion_key_val(program_id, kv_map, key, val) values ('x', 'm', '2', cast(x'22ff22' as text))",
      );
    }
    {
      await using results = await open(folder);
      expect(await lookup(brackets, root(2))({ results })).toBeUndefined();
      expect(await results.takeIn(source, { id: "job" })).toMatchObject({ rows: 3 });
      expect(await lookup(brackets, root(2))({ results })).toEqual([1, 1.5]);
      await expect(lookup(map, 1)({ results })).rejects.toMatchObject({ code: "unreadable" });
      expect(await results.takeIn(source, { id: "job" })).toMatchObject({ rows: 0 });
    }
    const values = "select typeof(val), hex(val) from hyperion_key_val order by rowid";
    expect(rowsOf(folder.database, values)).toEqual(rowsOf(source, values));
  });
});

describe("a claim", () => {
  test("that is running goes on when a row of its key comes in, which later ones find", async () => {
    using folder = temporaryFolder();
    await using job = await startScribe(sourceOf(folder), "job1");
    await job.call(["insert", "m", "1", '"job"']);
    await using results = await open(folder);
    const computing = Promise.withResolvers<string>();
    const compute = () => () => computing.promise;
    const first = memoizeWithMap(map, compute, 1)({ results });
    const waiting = memoizeWithMap(map, compute, 1)({ results });
    expect(await results.takeIn(sourceOf(folder), { id: "job" })).toMatchObject({ rows: 1 });
    expect(await memoizeWithMap(map, () => async () => expect.fail("computed"), 1)({ results })).toBe("job");
    computing.resolve("own");
    expect(await Promise.all([first, waiting])).toEqual(["own", "own"]);
    expect(await lookup(map, 1)({ results })).toBe("own");
  });
});
