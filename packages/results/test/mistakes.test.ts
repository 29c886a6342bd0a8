import { expect, test } from "vitest";
import { z } from "zod";
import {
  forget,
  insert,
  keyValMap,
  lookup,
  lookupAll,
  lookupDefault,
  memoizeWithMap,
  openResults,
} from "../src/index.ts";
import { temporaryFolder } from "./world.ts";

/** What a program in JavaScript may write, where no compiler looks. */
const untyped = (value: unknown): never => value as never;
const map = keyValMap("numbers", z.number(), z.number());
const cases: readonly { readonly verb: string; readonly of: (map: never) => (env: never) => Promise<unknown> }[] = [
  { verb: "insert", of: (map) => insert(map, untyped(1), untyped(2)) },
  { verb: "lookup", of: (map) => lookup(map, untyped(1)) },
  { verb: "lookup", of: (map) => lookupDefault(map, untyped(0), untyped(1)) },
  { verb: "lookupAll", of: (map) => lookupAll(map) },
  { verb: "forget", of: (map) => forget(map, () => true) },
  {
    verb: "memoizeWithMap",
    of: (map) =>
      memoizeWithMap(
        map,
        untyped(() => async () => 1),
        untyped(1),
      ),
  },
];

test.each(cases)("$verb of a map's name says where a map comes from", async ({ verb, of }) => {
  using folder = temporaryFolder();
  await using results = await openResults({ path: folder.database, programId: "prog1" });
  await expect(of(untyped("numbers"))(untyped({ results }))).rejects.toThrow(
    new TypeError(`${verb}: the map must be what keyValMap(name, keySchema, valueSchema) gives, not "numbers"`),
  );
});

test.each(cases)(
  "$verb without a database says what has one, also where it was given the database itself",
  async ({ verb, of }) => {
    using folder = temporaryFolder();
    await using results = await openResults({ path: folder.database, programId: "prog1" });
    for (const env of [undefined, results]) {
      await expect(of(untyped(map))(untyped(env))).rejects.toThrow(
        `${verb} of map "numbers" was given no results database: what ${verb}(...) gives is a function of an environment that has one, in a job as ${verb}(...)(env), elsewhere as ${verb}(...)({ results })`,
      );
    }
  },
);

test("a condition that is no function is named", async () => {
  using folder = temporaryFolder();
  await using results = await openResults({ path: folder.database, programId: "prog1" });
  for (const none of [undefined, { x: 1 }])
    await expect(forget(map, untyped(none))({ results })).rejects.toThrow(
      /^forget: where must be a function, not (?:undefined|an object)$/,
    );
});

test("who opens a database without a program's id is told how to read it", async () => {
  await expect(openResults(untyped({ path: "results.sqlite" }))).rejects.toThrow(
    new TypeError(
      "openResults: programId is missing, the name of the program that writes. To read only: openResults({ path, readOnly: true })",
    ),
  );
});

test("two maps of one name are one map: a function that is renamed keeps its results, a map that is renamed begins afresh", async () => {
  using folder = temporaryFolder();
  await using results = await openResults({ path: folder.database, programId: "prog1" });
  const f = (y: number) => () => async () => y;
  expect(await memoizeWithMap(map, f(1), 5)({ results })).toBe(1);
  expect(await memoizeWithMap(keyValMap("numbers", z.number(), z.number()), f(2), 5)({ results })).toBe(1);
  expect(await memoizeWithMap(keyValMap("numbers_2", z.number(), z.number()), f(3), 5)({ results })).toBe(3);
});
