/** Reading what no program has open, as it was left or put there. */
import { execFileSync } from "node:child_process";
import { appendFileSync, copyFileSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, test } from "vitest";
import { insert, lookup, lookupDefault, openResults } from "../../src/index.ts";
import { writtenByHyperion } from "../hyperion-rows.ts";
import { brackets, root, temporaryFolder, type Folder } from "../world.ts";
import { killedWriter, read } from "./readings.ts";

/** What is in a folder, with all bytes and times of change. */
const picture = ({ path }: Folder): readonly unknown[] =>
  readdirSync(path)
    .sort()
    .map((name) => [
      name,
      readFileSync(`${path}/${name}`).toString("base64"),
      statSync(`${path}/${name}`, { bigint: true }).ctimeNs,
    ]);

describe("what no program has open", () => {
  test("is read, with the log that a killed program left, and nothing on the disk changes", async () => {
    using folder = temporaryFolder();
    const acknowledged = await killedWriter(folder);
    expect(statSync(`${folder.database}-wal`).size).toBeGreaterThan(0);
    const before = picture(folder);
    await using results = await read(folder.database);
    expect(await lookup(brackets, root(acknowledged))({ results })).toEqual([acknowledged, 1]);
    const written = (await results.lookupAll(brackets.name)).length;
    expect(results.maps()).toEqual([{ name: brackets.name, results: written, newestAt: expect.stringMatching(/Z$/u) }]);
    expect(Math.abs(Date.parse(results.maps()[0]?.newestAt ?? "") - Date.now())).toBeLessThan(86_400_000);
    expect(picture(folder)).toEqual(before);
    await using writer = await openResults({ path: folder.database, programId: "prog1" });
    expect(await lookup(brackets, root(acknowledged))({ results: writer })).toEqual([acknowledged, 1]);
  });

  test("is read after a clean end, on a file system that can't be written to, and as often as wanted at a time", async () => {
    using folder = temporaryFolder();
    using mount = new DisposableStack();
    await using writer = await openResults({ path: folder.database, programId: "prog1" });
    await insert(brackets, root(1), [1, 1])({ results: writer });
    await writer[Symbol.asyncDispose]();
    if (process.getuid?.() === 0) {
      execFileSync("mount", ["--bind", "-o", "ro", folder.path, folder.path]);
      mount.defer(() => void execFileSync("umount", [folder.path]));
      expect(() => appendFileSync(folder.database, "")).toThrow(/EROFS/);
    }
    const readers = await Promise.all(Array.from({ length: 5 }, () => read(folder.database)));
    for (const results of readers) expect(await lookupDefault(brackets, [0, 0], root(1))({ results })).toEqual([1, 1]);
    for (const results of readers) await results[Symbol.asyncDispose]();
  });

  test("is read where Hyperion wrote it, which has none of our tables, and stays Hyperion's", async () => {
    using folder = temporaryFolder();
    writtenByHyperion(folder.database, [["binary_root_search", '{"x":2.0,"n":2,"eps":1.0e-9}', "[1.0,1.5]"]]);
    const before = picture(folder);
    await using results = await read(folder.database);
    expect(await lookup(brackets, root(2))({ results })).toEqual([1, 1.5]);
    expect(picture(folder)).toEqual(before);
  });

  test("is read with a transaction taken back that Hyperion was killed in", async () => {
    using folder = temporaryFolder();
    using crashed = temporaryFolder();
    writtenByHyperion(folder.database, [["m", "1", "2"]]);
    using hyperion = new DatabaseSync(folder.database);
    hyperion.exec("pragma cache_size = 1; begin; update hyperion_key_val set val = '3'");
    const insertRow = hyperion.prepare(
      "insert into hyperion_key_val(program_id, kv_map, key, val) values ('x', 'm', '1', ?)",
    );
    for (let row = 0; row < 50; row++) insertRow.run("9".repeat(4000));
    for (const suffix of ["", "-journal"]) copyFileSync(`${folder.database}${suffix}`, `${crashed.database}${suffix}`);
    await using results = await read(crashed.database);
    expect(await results.lookupAll("m")).toEqual([{ key: "1", value: "2" }]);
  });

  test("leaves a log out that belongs to another database, and says so", async () => {
    using folder = temporaryFolder();
    await killedWriter(folder);
    const log = readFileSync(`${folder.database}-wal`);
    rmSync(folder.database);
    rmSync(`${folder.database}-wal`);
    writtenByHyperion(folder.database, [["m", "1", "2"]]);
    writeFileSync(`${folder.database}-wal`, log);
    await using results = await read(folder.database);
    expect(await results.lookup("m", "1")).toBe("2");
    expect(results.notice).toMatch(/is the log of another one.*It was left out/);
  });

  test("is read to its size, and a database of 0 bytes is one without results", async () => {
    using folder = temporaryFolder();
    {
      using database = new DatabaseSync(folder.database);
      database.exec("create table filler(x); begin");
      const fill = database.prepare("insert into filler values (zeroblob(1000000))");
      for (let row = 0; row < 200; row++) fill.run();
      database.exec("commit");
    }
    await using large = await read(folder.database);
    expect(await large.lookupAll("m")).toEqual([]);
    writeFileSync(`${folder.path}/empty.sqlite`, "");
    await using empty = await read(`${folder.path}/empty.sqlite`);
    expect(await empty.lookupAll("m")).toEqual([]);
  });
});
