import { chmodSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import { insert, lookup, openResults, ResultsError } from "../src/index.ts";
import { brackets, remainingLines, root, runProgram, temporaryFolder } from "./world.ts";

async function opening(path: string): Promise<ResultsError> {
  try {
    await openResults({ path, programId: "prog1" });
  } catch (error) {
    if (error instanceof ResultsError) return error;
    throw error;
  }
  throw new Error(`${path} could be opened`);
}

test("the live connection has synchronous=FULL, a write-ahead log and SQLite's exclusive lock", async () => {
  using folder = temporaryFolder();
  await using results = await openResults({ path: folder.database, programId: "prog1" });
  expect(results.settings()).toEqual({ journalMode: "wal", synchronous: 2, lockingMode: "exclusive" });
  expect(readdirSync(folder.path)).not.toContain("results.sqlite-shm");
});

test("rows are in Hyperion's table, with the program's id", async () => {
  using folder = temporaryFolder();
  {
    await using results = await openResults({ path: folder.database, programId: "q7RkW" });
    await insert(brackets, { x: 0.01, n: 2, eps: 1e-9 }, [1, 2])({ results });
  }
  using reader = new DatabaseSync(folder.database, { readOnly: true });
  expect(reader.prepare("select program_id, kv_map, key, val from hyperion_key_val").all()).toEqual([
    { program_id: "q7RkW", kv_map: "binary_root_search", key: '{"eps":1e-9,"n":2,"x":0.01}', val: "[1,2]" },
  ]);
});

test("closing commits what is pending, removes the lock, and happens once", async () => {
  using folder = temporaryFolder();
  const results = await openResults({ path: `${folder.path}/new/folder/results.sqlite`, programId: "prog1" });
  const pending = results.insert("m", "1", "2");
  await results[Symbol.asyncDispose]();
  await results[Symbol.asyncDispose]();
  await pending;
  expect(results.counters.inserts).toBe(1);
  expect(readdirSync(`${folder.path}/new/folder`)).toEqual(["results.sqlite"]);
  await expect(lookup(brackets, root(1))({ results })).rejects.toMatchObject({ code: "closed", path: results.path });
  await expect(insert(brackets, root(1), [1, 2])({ results })).rejects.toMatchObject({ code: "closed" });
});

test("no acknowledgement leaves before COMMIT has returned, however long it takes", async () => {
  using folder = temporaryFolder();
  const order: string[] = [];
  await using results = await openResults({
    path: folder.database,
    programId: "prog1",
    aroundCommit: (commit) => {
      order.push("asked to commit");
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 30);
      commit();
      order.push("committed");
    },
  });
  const add = async (n: number): Promise<void> => {
    await insert(brackets, root(n), [n, n])({ results });
    order.push(`acknowledged ${n}`);
  };
  await Promise.all([add(1), add(2)]);
  expect(order).toEqual(["asked to commit", "committed", "acknowledged 1", "acknowledged 2"]);
  expect(results.counters).toMatchObject({ inserts: 2, commits: 1 });
});

test("a row is not seen before it is committed", async () => {
  using folder = temporaryFolder();
  await using results = await openResults({ path: folder.database, programId: "prog1" });
  const pending = results.insert("m", "1", "2");
  expect(results.lookup("m", "1")).toBeUndefined();
  results.flush();
  expect(results.lookup("m", "1")).toBe("2");
  await pending;
});

test("the same process can't open a file twice, not even by another name for it", async () => {
  using folder = temporaryFolder();
  await using _results = await openResults({ path: folder.database, programId: "prog1" });
  symlinkSync(folder.database, `${folder.path}/alias.sqlite`);
  const error = await opening(`${folder.path}/alias.sqlite`);
  expect(error).toMatchObject({ code: "locked", path: folder.database });
  expect(error.message).toMatch(/held by this very process, since .*open it once, and pass/);
});

test("a file that SQLite holds locked for another program is refused, and its lock file removed", async () => {
  using folder = temporaryFolder();
  using other = new DatabaseSync(folder.database);
  other.exec("create table t(x); begin exclusive");
  expect(await opening(folder.database)).toMatchObject({ code: "locked" });
  expect(readdirSync(folder.path).filter((name) => name.endsWith(".lock"))).toEqual([]);
});

test("a file that is no database is refused and left as it is", async () => {
  using folder = temporaryFolder();
  writeFileSync(folder.database, "Dear diary, ".repeat(1000));
  const error = await opening(folder.database);
  expect(error).toMatchObject({ code: "damaged", path: folder.database });
  expect(error.message).toMatch(/not a database.*\.recover/);
  expect(readFileSync(folder.database, "utf8")).toMatch(/^Dear diary/);
});

test("broken pages are found when they are read, and named as damage", async () => {
  using folder = temporaryFolder();
  {
    await using results = await openResults({ path: folder.database, programId: "prog1" });
    await Promise.all(Array.from({ length: 500 }, (_, n) => insert(brackets, root(n), [n, n])({ results })));
  }
  const bytes = readFileSync(folder.database);
  writeFileSync(folder.database, bytes.fill(0x5a, 2 * 4096));
  const read = async (): Promise<unknown> => {
    await using results = await openResults({ path: folder.database, programId: "prog1" });
    return lookup(brackets, root(400))({ results });
  };
  await expect(read()).rejects.toMatchObject({ code: "damaged", path: folder.database });
});

test("a file of a newer layout is refused and not changed", async () => {
  using folder = temporaryFolder();
  using newer = new DatabaseSync(folder.database);
  newer.exec("pragma user_version = 99");
  newer.close();
  const error = await opening(folder.database);
  expect(error).toMatchObject({ code: "newer-layout" });
  expect(error.message).toMatch(/has layout 99; .*Update @hyperion-ts\/results/);
});

test("a folder in the place of the file is refused", async () => {
  using folder = temporaryFolder();
  mkdirSync(folder.database);
  expect(await opening(folder.database)).toMatchObject({ code: "unreachable" });
  expect(readdirSync(folder.path)).toEqual(["results.sqlite"]);
});

test("a file in the place of the folder is refused", async () => {
  using folder = temporaryFolder();
  writeFileSync(`${folder.path}/out`, "");
  expect(await opening(`${folder.path}/out/results.sqlite`)).toMatchObject({ code: "unreachable" });
});

test("a directory where this user may not write is refused with that advice", async () => {
  using folder = temporaryFolder();
  mkdirSync(`${folder.path}/closed`, { mode: 0o555 });
  await using program = runProgram("unprivileged.ts", `${folder.path}/closed/results.sqlite`);
  const lines = await remainingLines(program);
  expect(lines.join()).toMatch(/^read-only: .*Give the program a directory that it may write to/);
});

test("a file that this user may read and not write is refused with that advice, though the folder is open to all", async () => {
  using folder = temporaryFolder();
  {
    await using _results = await openResults({ path: folder.database, programId: "prog1" });
  }
  chmodSync(folder.path, 0o777);
  chmodSync(folder.database, 0o444);
  await using program = runProgram("unprivileged.ts", folder.database);
  const lines = await remainingLines(program);
  expect(lines.join()).toMatch(/^read-only: Opening .*EACCES.*Give the program a directory that it may write to/);
  expect(readdirSync(folder.path)).toEqual(["results.sqlite"]);
});
