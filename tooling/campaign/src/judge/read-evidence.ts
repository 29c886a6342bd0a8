/** Journals and databases, as they are found. */
import {
  closeSync,
  copyFileSync,
  existsSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmSync,
  type Stats,
} from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { StoredRow } from "./evidence.ts";

/** The whole lines of a journal: who was killed while it wrote has left a part of one. */
export function readJournal<A>(file: string): readonly A[] {
  if (!existsSync(file)) return [];
  return readFileSync(file, "utf8")
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line) as A);
}

/** The rows of the database at `file`: of a copy, because who opens a database that a killed program has left puts it in order. */
export function readRows(file: string, scratch: string): readonly StoredRow[] {
  const copy = join(scratch, "copy.sqlite");
  try {
    for (const end of ["", "-wal"]) if (existsSync(`${file}${end}`)) copyFileSync(`${file}${end}`, `${copy}${end}`);
    if (!existsSync(copy)) return [];
    using database = new DatabaseSync(copy);
    const rows = database
      .prepare("select key, val, count(*) as times from hyperion_key_val where kv_map = 'campaign' group by key")
      .all();
    return rows.map(({ key, val, times }) => ({
      key: JSON.parse(String(key)).key,
      value: JSON.parse(String(val)),
      times: Number(times),
    }));
  } catch {
    // Empty, damaged, or none that Hyperion has made: it has no results.
    return [];
  } finally {
    for (const end of ["", "-wal", "-shm", "-journal"]) rmSync(`${copy}${end}`, { force: true });
  }
}

/** Every file below a folder; sockets and symbolic links are some, too. */
export function filesBelow(folder: string): readonly { readonly path: string; readonly stats: Stats }[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return filesBelow(path);
    const stats = lstatSync(path, { throwIfNoEntry: false });
    return stats === undefined ? [] : [{ path, stats }];
  });
}

/** The SQLite databases below a folder, whatever they are called. */
export const databasesBelow = (folder: string): readonly string[] =>
  filesBelow(folder)
    .filter(({ path, stats }) => stats.isFile() && hasMagic(path))
    .map(({ path }) => path);

const MAGIC = "SQLite format 3\0";

function hasMagic(path: string): boolean {
  const start = Buffer.alloc(MAGIC.length);
  const fd = openSync(path, "r");
  try {
    return readSync(fd, start, 0, MAGIC.length, 0) === MAGIC.length && start.toString("latin1") === MAGIC;
  } finally {
    closeSync(fd);
  }
}

/** What no program that has ended in order leaves: temporary files, locks, drafts, SQLite's logs, sockets and pipes. */
export function leftFiles(dir: string, temporary: string): readonly string[] {
  const isLeft = (path: string, stats: Stats): boolean =>
    !(stats.isFile() || stats.isSymbolicLink()) || /\.lock|\.draft$|-wal$|-shm$|-journal$|\.tmp$/.test(path);
  return [...filesBelow(temporary), ...filesBelow(dir).filter(({ path, stats }) => isLeft(path, stats))].map(
    ({ path }) => path,
  );
}
