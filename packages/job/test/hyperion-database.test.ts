import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import { z } from "zod";
import {
  type Job,
  keyValMap,
  mapConcurrently,
  memoizeWithMap,
  type ProgramInfo,
  remoteEval,
  type RunEvent,
  runJobLocal,
} from "../src/index.ts";
import { square } from "./functions.ts";
import { TempDir } from "./local-run.ts";

const bracket = z.tuple([z.number(), z.number()]);
/** Hyperion's example program (example/src-root-search) remembers roots under pairs (n, x); other programs use records. */
const pairs = keyValMap("binary_root_search", z.tuple([z.int(), z.number()]), bracket);
const records = keyValMap("root_records", z.object({ n: z.int(), x: z.number(), eps: z.number() }), bracket);

/** Gives what no search would, so that what was computed can be told from what was remembered. */
const compute =
  (n: number): Job<[number, number]> =>
  async (env) => {
    const y = await remoteEval(square, n)(env);
    return [-y, -y];
  };
const ofPair = (pair: [number, number]): Job<[number, number]> => memoizeWithMap(pairs, ([n]) => compute(n), pair);
const ofRecord = (n: number, x: number, eps: number): Job<[number, number]> =>
  memoizeWithMap(records, ({ n }) => compute(n), { n, x, eps });

/**
 * Makes the database as Hyperion does (its module Hyperion.Database.KeyValMap). Its library for JSON, aeson, writes the
 * properties of records in their declared order or sorted, and a Double as Haskell's `show` does (3.0, 1.0e-2), or, where
 * it went through aeson's `Value`, without a fraction that is zero.
 */
function makeAsHyperion({ database: path }: ProgramInfo): void {
  using database = new DatabaseSync(path);
  database.exec(`create table if not exists hyperion_key_val
    ( program_id text not null
    , kv_map text not null
    , key text not null
    , val text not null
    , created_at timestamp default current_timestamp not null
    )`);
  const insert = database.prepare("insert into hyperion_key_val(program_id, kv_map, key, val) values (?, ?, ?, ?)");
  insert.run("XvUrT", "binary_root_search", "[2,3.0]", "[1.0,2.0]");
  insert.run("XvUrT", "binary_root_search", "[2,0.1]", "[0.3125,0.31640625]");
  insert.run("XvUrT", "binary_root_search", "[2,1.0e-2]", "[9.9609375e-2,0.1015625]");
  insert.run("bQkWe", "binary_root_search", "[3,1.0e7]", "[215.44342041015625,215.4435157775879]");
  insert.run("bQkWe", "binary_root_search", "[2,3.0]", "[1.7320508062839508,1.7320508081465960]");
  insert.run("bQkWe", "root_records", '{"n":2,"x":3.0,"eps":1.0e-9}', "[1.732050807,1.732050808]");
  insert.run("bQkWe", "root_records", '{"eps":0.5,"n":4,"x":16}', "[1,3]");
}

/** Runs a job in the directory, with its database, and tells how many results were found there and how many calls were made. */
async function run<A>(
  info: ProgramInfo,
  job: Job<A>,
): Promise<{ readonly value: A; readonly remembered: number; readonly calls: number }> {
  const counts: Extract<RunEvent, { type: "counts" }>[] = [];
  const value = await runJobLocal(info, job, {
    cpus: 1,
    progress: "none",
    handleSignals: false,
    onEvent: ({ event }) => event.type === "counts" && counts.push(event),
  });
  const { functions = [], remembered = 0 } = counts.at(-1) ?? {};
  return { value, remembered, calls: functions.reduce((sum, { done }) => sum + done, 0) };
}

test("a program that goes on with Hyperion's database finds its rows by key, the newest of each, and computes nothing", async () => {
  using dir = new TempDir();
  makeAsHyperion(dir.info);
  const lookups = [
    ofPair([2, 3]),
    ofPair([2, 0.1]),
    ofPair([2, 0.01]),
    ofPair([3, 10_000_000]),
    ofRecord(2, 3, 1e-9),
    ofRecord(4, 16, 0.5),
  ];
  const { value, remembered, calls } = await run(
    dir.info,
    mapConcurrently(lookups, (lookup) => lookup),
  );
  expect(value).toEqual([
    [1.7320508062839508, 1.732050808146596],
    [0.3125, 0.31640625],
    [0.099609375, 0.1015625],
    [215.44342041015625, 215.4435157775879],
    [1.732050807, 1.732050808],
    [1, 3],
  ]);
  expect({ remembered, calls }).toEqual({ remembered: 6, calls: 0 });
});

test("what Hyperion's database lacks is computed and stored beside its rows, which stay as they are", async () => {
  using dir = new TempDir();
  makeAsHyperion(dir.info);
  expect(await run(dir.info, ofPair([5, 3]))).toEqual({ value: [-25, -25], remembered: 0, calls: 1 });
  expect(await run(dir.info, ofPair([5, 3]))).toEqual({ value: [-25, -25], remembered: 1, calls: 0 });
  using database = new DatabaseSync(dir.info.database);
  const rows = database
    .prepare("select key, val from hyperion_key_val where kv_map = 'binary_root_search' order by rowid")
    .all();
  expect(rows).toHaveLength(6);
  expect(rows.at(0)).toEqual({ key: "[2,3.0]", val: "[1.0,2.0]" });
  expect(rows.at(-1)).toEqual({ key: "[5,3]", val: "[-25,-25]" });
});
