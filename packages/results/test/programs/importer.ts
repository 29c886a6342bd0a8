/** Does what a module of remote functions does with this package, and lists what it has loaded of SQLite and of the database's side. */
import { registerHooks } from "node:module";
import { basename } from "node:path";

const loaded: string[] = [];
registerHooks({
  load: (url, context, next) => {
    loaded.push(basename(url));
    return next(url, context);
  },
});
const { memoizeWithMap } = await import("../../src/index.ts");
const { brackets, root } = await import("../world.ts");

export const remembered = memoizeWithMap(brackets, (key) => async () => [key.n, key.x], root(2));
const { moduleLoadList } = process as typeof process & { readonly moduleLoadList: readonly string[] };
const OF_DATABASE = new Set([
  "results-database.ts",
  "row-origins.ts",
  "connection.ts",
  "stored-rows.ts",
  "group-commit.ts",
  "database-lock.ts",
  "lock-file.ts",
  "single-flight.ts",
  "claim.ts",
]);
console.log(
  JSON.stringify([
    ...moduleLoadList.filter((name) => name.toLowerCase().includes("sqlite")),
    ...loaded.filter((name) => OF_DATABASE.has(name)),
  ]),
);
