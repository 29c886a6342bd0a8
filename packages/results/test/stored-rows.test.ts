import { expect, test } from "vitest";
import { openConnection } from "../src/connection.ts";
import { RowOrigins } from "../src/row-origins.ts";
import { storedRows } from "../src/stored-rows.ts";
import { temporaryFolder } from "./world.ts";

const rowsOf = (map: string, count: number, size: number) =>
  Array.from({ length: count }, (_, n) => ({ map, key: String(n), value: JSON.stringify("x".repeat(size)) }));

test("a full disk keeps nothing of the transaction, says so, and is survived", () => {
  using folder = temporaryFolder();
  using connection = openConnection(folder.database, "prog1");
  const rows = storedRows(connection, "prog1", new RowOrigins(connection, "prog1"), (commit) => commit());
  rows.write(rowsOf("before", 1, 10));
  connection.database.exec("pragma max_page_count = 30");
  expect(() => rows.write(rowsOf("large", 100, 4000))).toThrow(
    expect.objectContaining({
      code: "disk-full",
      path: folder.database,
      message: expect.stringContaining("Make room"),
    }),
  );
  expect(rows.newestOfEach("large")).toEqual([]);
  connection.database.exec("pragma max_page_count = 100000");
  rows.write(rowsOf("large", 100, 4000));
  expect(rows.newestOfEach("large")).toHaveLength(100);
  expect(rows.newestOfEach("before")).toHaveLength(1);
});

test("a COMMIT that fails is rolled back whole", () => {
  using folder = temporaryFolder();
  using connection = openConnection(folder.database, "prog1");
  let failing = true;
  const rows = storedRows(connection, "prog1", new RowOrigins(connection, "prog1"), (commit) => {
    if (failing) throw new Error("disk I/O error");
    commit();
  });
  expect(() => rows.write(rowsOf("m", 2, 1))).toThrow(expect.objectContaining({ code: "sqlite" }));
  expect(rows.newestOfEach("m")).toEqual([]);
  failing = false;
  rows.write(rowsOf("m", 2, 1));
  expect(rows.newestOfEach("m")).toHaveLength(2);
});

test("a look-up uses the index, also with foreign texts of the key", () => {
  using folder = temporaryFolder();
  using connection = openConnection(folder.database, "prog1");
  const plan = connection.database
    .prepare(
      "explain query plan select max(rowid) from hyperion_key_val where kv_map = ? and key in (select value from json_each(?))",
    )
    .all("m", "[]");
  expect(JSON.stringify(plan)).toContain("USING COVERING INDEX hyperion_ts_by_key (kv_map=? AND key=?)");
});
