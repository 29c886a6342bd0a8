import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import { z } from "zod";
import { keyValMap, lookup, lookupAll, openResults } from "../src/index.ts";
import { writtenByHyperion } from "./hyperion-rows.ts";
import { temporaryFolder } from "./world.ts";

const map = keyValMap("m", z.unknown(), z.unknown());

/** A row as another tool may leave it; `value` and `key` are SQL. Columns have no types, as a hurried person makes them. */
function writtenByAnotherTool(path: string, key: string, value: string): void {
  using database = new DatabaseSync(path);
  database.exec("create table hyperion_key_val(program_id, kv_map, key, val, created_at)");
  database.exec(`insert into hyperion_key_val values ('other', 'm', ${key}, ${value}, null)`);
}

test.each([
  ["a BLOB", "x'31'", "a BLOB"],
  ["NULL", "null", "NULL"],
  ["an integer", "9007199254740993", "the number 9007199254740993"],
  ["Latin-1", "cast(x'22e922' as text)", "not UTF-8"],
])(
  "a value that is %s in the place of text is refused, and not read as something else",
  async (_title, value, found) => {
    using folder = temporaryFolder();
    writtenByAnotherTool(folder.database, "'1'", value);
    await using results = await openResults({ path: folder.database, programId: "prog1" });
    const refused = {
      code: "unreadable",
      message: expect.stringContaining(
        `The stored value for key 1 of map "m" is ${found} in the place of text in UTF-8. Another program wrote that row`,
      ),
    };
    await expect(lookup(map, 1)({ results })).rejects.toMatchObject(refused);
    await expect(lookupAll(map)({ results })).rejects.toMatchObject(refused);
  },
);

test.each([
  ["a BLOB", "x'3533'"],
  ["a number", "53"],
])("a key that is %s equals none of ours, and lookupAll names it", async (_title, key) => {
  using folder = temporaryFolder();
  writtenByAnotherTool(folder.database, key, "'1'");
  await using results = await openResults({ path: folder.database, programId: "prog1" });
  expect(await lookup(map, 53)({ results })).toBeUndefined();
  await expect(lookupAll(map)({ results })).rejects.toMatchObject({
    code: "unreadable",
    message: expect.stringContaining('A stored key of map "m" is'),
  });
});

test("a text that has the replacement character of right is read", async () => {
  using folder = temporaryFolder();
  writtenByHyperion(folder.database, [["m", '"\ufffd"', '"\ufffd"']]);
  await using results = await openResults({ path: folder.database, programId: "prog1" });
  expect(await lookup(map, "\ufffd")({ results })).toBe("\ufffd");
  expect(await lookupAll(map)({ results })).toEqual([["\ufffd", "\ufffd"]]);
});

test("a stored value that is longer than a string can be is named, and not taken for absent", async () => {
  using folder = temporaryFolder();
  writtenByAnotherTool(folder.database, "'1'", "cast(zeroblob(540000000) as text)");
  await using results = await openResults({ path: folder.database, programId: "prog1" });
  const refused = expect.objectContaining({
    code: "too-large",
    message: expect.stringMatching(/of map "m" is longer than a string can be/),
  });
  await expect(lookup(map, 1)({ results })).rejects.toEqual(refused);
  await expect(lookupAll(map)({ results })).rejects.toEqual(refused);
});
