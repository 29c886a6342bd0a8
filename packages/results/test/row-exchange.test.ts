/** Rows that go from one open database to another, and come by the file as well. */
import { DatabaseSync } from "node:sqlite";
import { array, assert, asyncProperty, constantFrom } from "fast-check";
import { expect, test } from "vitest";
import { z } from "zod";
import { forget, insert, keyValMap, lookupAll, openResults, type ResultsDatabase } from "../src/index.ts";
import { rowBatchOf } from "../src/row-batch.ts";
import { temporaryFolder } from "./world.ts";

const map = keyValMap("m", z.number(), z.string());
const id = "job";
const COUNTS: ReadonlyMap<string, number> = new Map([
  ["insert", 1],
  ["many", 1_200],
]);

const values = async (results: ResultsDatabase): Promise<readonly (readonly [number, string])[]> =>
  await lookupAll(map)({ results });

/** What a closed database has. */
function rowsOf(path: string, sql: string): readonly (readonly unknown[])[] {
  using database = new DatabaseSync(path, { readOnly: true });
  return database
    .prepare(sql)
    .all()
    .map((row) => Object.values(row));
}

/** All that a feed has by now goes over, as far as `keeps` lets it. */
async function handOver(
  from: ResultsDatabase,
  to: ResultsDatabase,
  keeps: (batch: number) => boolean = () => true,
): Promise<number> {
  using feed = from.exchange.feed(to.exchange.positionsOf(id), () => undefined);
  let batches = 0;
  for (let batch = feed.next(); batch !== undefined && keeps(batches); batch = feed.next()) {
    await to.exchange.take(rowBatchOf(structuredClone(batch)), { id });
    batches += 1;
  }
  return batches;
}

test("rows come in as they are committed, in batches, each once, whichever way they come", async () => {
  await assert(
    asyncProperty(
      array(constantFrom("insert", "many", "feed", "feed-some", "file"), { minLength: 1, maxLength: 8 }),
      async (steps) => {
        using folder = temporaryFolder();
        const open = () => openResults({ path: `${folder.path}/job.sqlite`, programId: "job1" });
        let from = await open();
        await using to = await openResults({ path: folder.database, programId: "prog1" });
        let written = 0;
        for (const step of steps) {
          const count = COUNTS.get(step) ?? 0;
          const rows = Array.from({ length: count }, () => (written += 1));
          await Promise.all(rows.map((x) => insert(map, x, `value ${x}`)({ results: from })));
          if (step === "feed") await handOver(from, to);
          if (step === "feed-some") await handOver(from, to, (batch) => batch < 1);
          if (step !== "file") continue;
          // One process reads no database that it has open.
          await from[Symbol.asyncDispose]();
          await to.takeIn(from.path, { id });
          from = await open();
        }
        await handOver(from, to);
        expect(await values(to)).toEqual(await values(from));
        await from[Symbol.asyncDispose]();
        expect([...to.exchange.positionsOf(id).values()]).toEqual(written === 0 ? [] : [BigInt(written)]);
      },
    ),
    { numRuns: 8 },
  );
});

test("a feed tells of commits, has what is known of code with its first batch, and ends with its database", async () => {
  using folder = temporaryFolder();
  const from = await openResults({
    path: `${folder.path}/job.sqlite`,
    programId: "job1",
    codeOfToday: () => "hash of the job",
  });
  await using to = await openResults({ path: folder.database, programId: "prog1" });
  let changes = 0;
  using feed = from.exchange.feed(new Map(), () => void (changes += 1));
  from.noteCode("m", "f");
  await insert(map, 1, "one")({ results: from });
  expect(changes).toBe(1);
  const first = feed.next();
  expect(first?.known?.codes).toEqual([{ map: "m", programId: "job1", functionName: "f", hash: "hash of the job" }]);
  await insert(map, 2, "two")({ results: from });
  const second = feed.next();
  expect(second).not.toHaveProperty("known");
  expect(feed.next()).toBeUndefined();
  await expect(to.exchange.take(rowBatchOf(second), { id })).rejects.toMatchObject({ code: "not-the-next" });
  expect(await values(to)).toEqual([]);
  for (const batch of [first, second]) await to.exchange.take(rowBatchOf(batch), { id });
  expect(await values(to)).toEqual(await values(from));
  await from[Symbol.asyncDispose]();
  expect(feed.next()).toBeUndefined();
});

test("rows that are no texts, or no texts that a string keeps, come in byte by byte", async () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/job.sqlite`;
  const from = await openResults({ path, programId: "job1" });
  await insert(map, 1, "\uFFFD and more")({ results: from });
  await from[Symbol.asyncDispose]();
  {
    using database = new DatabaseSync(path);
    database.exec(`insert into hyperion_key_val(program_id, kv_map, key, val) values
      ('job1', 'm', cast(x'32' as text), cast(x'22ff22' as text)), ('job1', 'm', '3', x'22ff22'), ('strange', 'm', ' 4', '"four"')`);
  }
  const rows = "select program_id, kv_map, key, hex(val), typeof(val), created_at from hyperion_key_val order by rowid";
  {
    await using again = await openResults({ path, programId: "job1" });
    await insert(map, 5, "five")({ results: again });
    await using to = await openResults({ path: folder.database, programId: "prog1" });
    await handOver(again, to);
  }
  const [expected, found] = [path, folder.database].map((each) => rowsOf(each, rows));
  expect(found).toEqual(expected?.map((row) => (row[2] === " 4" ? row.with(2, "4") : row)));
});

test("rows go over as they were committed, without those that were removed since, to who lags behind as well", async () => {
  using folder = temporaryFolder();
  await using from = await openResults({ path: `${folder.path}/job.sqlite`, programId: "job1" });
  await using to = await openResults({ path: folder.database, programId: "prog1" });
  using feed = from.exchange.feed(new Map(), () => undefined);
  /** Sends a batch; how many rows it had, in either way. */
  const send = async (): Promise<readonly [texts: number, rows: number]> => {
    const batch = rowBatchOf(structuredClone(feed.next()));
    await to.exchange.take(batch, { id });
    return [batch.texts?.runs.reduce((sum, [, keys]) => sum + keys.length, 0) ?? 0, batch.rows.length];
  };
  const other = keyValMap("other", z.number(), z.string());
  const results = from;
  // Some COMMITs of two maps, which go over together unless a second has passed.
  for (const x of [1, 2, 3])
    await Promise.all([insert(map, x, `m ${x}`), insert(other, x, `o ${x}`)].map((run) => run({ results })));
  let sent = 0;
  while (sent < 6) sent += (await send()).reduce((sum, count) => sum + count);
  await insert(map, 4, "removed")({ results });
  await forget(map, (x) => x === 4)({ results });
  await insert(map, 5, "behind it")({ results });
  expect(await send()).toEqual([0, 1]);
  // A string that SQLite keeps in another way.
  await results.insert("strange", "1", '"\uD800 and more"');
  expect(await send()).toEqual([0, 1]);
  for (const each of [map, other, keyValMap("strange", z.number(), z.string())])
    expect(await lookupAll(each)({ results: to })).toEqual(await lookupAll(each)({ results }));
});

test.each([
  [null, /no object/],
  [{ fileId: 1, after: 0n, rows: [] }, /fileId/],
  [{ fileId: "f", after: 0, rows: [] }, /after/],
  [{ fileId: "f", after: 0n, rows: {} }, /no list/],
  [{ fileId: "f", after: 0n, rows: [[]] }, /columns/],
  [{ fileId: "f", after: 0n, rows: [["1", "p", "m", "k", 1n, "v", 1n, "now"]] }, /rowid/],
  [{ fileId: "f", after: 0n, rows: [[1n, "p", {}, "k", 1n, "v", 1n, "now"]] }, /columns/],
  [
    { fileId: "f", after: 0n, rows: [], texts: { programId: "p", createdAt: "now", runs: [["m", ["1"], []]] } },
    /number/,
  ],
  [
    { fileId: "f", after: 0n, rows: [], texts: { programId: "p", createdAt: "now", runs: [["m", [1], ["1"]]] } },
    /text/,
  ],
  [{ fileId: "f", after: 0n, rows: [], known: { programs: [1], origins: [], codes: [] } }, /text/],
])("what is no batch of rows is refused: %o", (value, words) => {
  expect(() => rowBatchOf(value)).toThrow(words);
});
