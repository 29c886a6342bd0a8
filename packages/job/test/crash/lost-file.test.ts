import { execFileSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { lookupAll, memoizeWithMap, runJobLocal } from "../../src/index.ts";
import { TempDir } from "../local-run.ts";
import { square, squares } from "./remembering.ts";
import { RunningProgram } from "./running-program.ts";

const KEYS = 160;
const TIMEOUT_MS = 120_000;
const hasSqlite3 = ((): boolean => {
  try {
    return execFileSync("sqlite3", ["--version"]).length > 0;
  } catch {
    return false;
  }
})();

/** The keys with a right result in a database, read by a program that is not ours. */
function rowsIn(database: string): ReadonlySet<number> {
  const lines = execFileSync(
    "sqlite3",
    [
      "-readonly",
      database,
      "select json_extract(key, '$.x') from hyperion_key_val where kv_map = 'squares' and val = json_extract(key, '$.x') * json_extract(key, '$.x')",
    ],
    { encoding: "utf8" },
  );
  return new Set(lines.trim().split("\n").map(Number));
}

const executions = (dir: string): readonly number[] =>
  readFileSync(join(dir, "executions"), "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => Number.parseInt(line, 10));

const sql = (database: string, statement: string): string =>
  execFileSync("sqlite3", [database, statement], { encoding: "utf8" });

type Fault = (database: string) => void;

const FAULTS: readonly (readonly [title: string, happened: RegExp, fault: Fault])[] = [
  ["is removed", /it was removed or renamed/, (file) => rmSync(file)],
  ["is renamed", /it was removed or renamed/, (file) => renameSync(file, `${file}.old`)],
  [
    "is removed with its log",
    /it was removed or renamed/,
    (file) => [file, `${file}-wal`].forEach((name) => rmSync(name)),
  ],
  ["loses its log", /its log results\.sqlite-wal was removed or renamed/, (file) => rmSync(`${file}-wal`)],
  [
    "loses its folder",
    /it was removed or renamed, or its folder was/,
    (file) => rmSync(dirname(file), { recursive: true }),
  ],
  [
    "loses its folder, and a new one is made",
    /it was removed or renamed, or its folder was/,
    (file) => {
      rmSync(dirname(file), { recursive: true });
      mkdirSync(dirname(file));
    },
  ],
  [
    "has its folder renamed",
    /it was removed or renamed, or its folder was/,
    (file) => renameSync(dirname(file), `${dirname(file)}.old`),
  ],
  [
    "is replaced by another file, as by an editor or git",
    /it was replaced by another file/,
    (file) => {
      writeFileSync(`${file}.new`, readFileSync(file));
      renameSync(`${file}.new`, file);
    },
  ],
  ["is cut to nothing, as by a shell's >", /it was cut from \d+ bytes to 0/, (file) => truncateSync(file)],
  [
    "has its log cut to nothing",
    /its log results\.sqlite-wal was cut(?: from \d+ bytes to 0|, and written on after that)/,
    (file) => truncateSync(`${file}-wal`),
  ],
  [
    "has its log cut in the middle",
    /its log results\.sqlite-wal was cut(?: from \d+ bytes to 9000|, and written on after that)/,
    (file) => truncateSync(`${file}-wal`, 9_000),
  ],
  [
    "has its log replaced",
    /its log results\.sqlite-wal was replaced by another file/,
    (file) => {
      copyFileSync(`${file}-wal`, `${file}.new`);
      renameSync(`${file}.new`, `${file}-wal`);
    },
  ],
  [
    "loses its lock file and itself",
    /it was removed or renamed/,
    (file) => [file, `${file}.lock`].forEach((name) => rmSync(name)),
  ],
];

/** What the message advises. */
function goOnFrom(errors: string): { readonly saved: string; readonly database: string } {
  const [, saved = "", database = ""] = /then: mv (\S+) (\S+) and run the program again/.exec(errors) ?? [];
  return { saved, database };
}

test.skipIf(!hasSqlite3).for(FAULTS.flatMap((fault) => [15, 120].map((after) => [...fault, after] as const)))(
  "a program whose database %s ends with an error, and all that it acknowledged is in the file that this names (needs sqlite3)",
  { timeout: TIMEOUT_MS },
  async ([, happened, fault, after]) => {
    using dir = new TempDir();
    const database = join(dir.path, "out", "results.sqlite");
    await using program = new RunningProgram(dir.path, KEYS, undefined, database);
    await program.until(({ acknowledged }) => acknowledged.size >= after);
    fault(database);
    const { code, errors, left } = await program.end();
    expect({ code, left, said: program.said }).toEqual({ code: 1, left: [], said: [] });
    expect(errors).toMatch(happened);
    const { saved, database: named } = goOnFrom(errors);
    expect(named).toBe(database);
    const kept = rowsIn(saved);
    expect(program.acknowledged.difference(kept)).toEqual(new Set());
    expect(program.acknowledged.size).toBeLessThan(KEYS);

    mkdirSync(dirname(database), { recursive: true });
    rmSync(database, { force: true });
    renameSync(saved, database);
    const before = executions(dir.path).length;
    await using next = new RunningProgram(dir.path, KEYS, undefined, database);
    expect(await next.end()).toMatchObject({ code: 0, left: [] });
    expect(next.acknowledged.size).toBe(KEYS);
    expect(
      executions(dir.path)
        .slice(before)
        .filter((x) => kept.has(x)),
    ).toEqual([]);
    expect(sql(database, "pragma integrity_check").trim()).toBe("ok");
    expect(existsSync(`${database}-wal`)).toBe(false);
    expect(readdirSync(dirname(database)).filter((name) => name.endsWith(".lock"))).toEqual([]);
  },
);

test("a run whose database is lost fails, also where its job catches that, or has its last result before", async () => {
  using dir = new TempDir();
  const lost = { name: "ResultsError", code: "file-lost", message: expect.stringContaining("was removed or renamed") };
  const losing = async (): Promise<number> => {
    rmSync(dir.info.database);
    return 1;
  };
  const quiet = { cpus: 2, progress: "none", handleSignals: false } as const;
  const catching = runJobLocal(
    dir.info,
    async (env) => memoizeWithMap(squares, () => losing, { x: 1 })(env).catch(() => "caught"),
    quiet,
  );
  await expect(catching).rejects.toMatchObject(lost);
  const late = runJobLocal(
    dir.info,
    async (env) => {
      const value = await square(dir.path, 3)(env);
      await losing();
      return [value, await lookupAll(squares)(env)];
    },
    quiet,
  );
  await expect(late).rejects.toMatchObject(lost);
});
