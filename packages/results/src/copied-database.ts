/**
 * The private copy of a results database, to be read. Its files are gone as soon as it is open: nothing is left behind,
 * however this process ends.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { privateFolder } from "@hyperion-ts/own-files";
import { openCopiedConnection, type Connection } from "./connection.ts";
import { copyDatabase, type CopyOptions } from "./database-copy.ts";
import { findExistingDatabase } from "./database-files.ts";
import { logOf } from "./own-files.ts";
import { readFailure } from "./sqlite-failure.ts";
import { strayLog } from "./stray-log.ts";

/** An open copy. `connection.path` is that of the original, without links. Disposing of it ends it. */
export interface CopiedDatabase extends Disposable {
  /** SQLite's connection to the copy, which is for reading. */
  readonly connection: Connection;
  /** What a person should know: that a log beside the file was left out, because it belongs to another database. */
  readonly notice: string | undefined;
}

/**
 * Copies the database at `given` to a private folder in `$TMPDIR`, or in /tmp where that takes none, and opens that.
 *
 * @throws ResultsError where the file can't be read, or copied; the reason of `options.signal` when that aborts
 */
export async function openCopiedDatabase(given: string, options: CopyOptions = {}): Promise<CopiedDatabase> {
  const path = findExistingDatabase(given);
  try {
    using opened = new DisposableStack();
    const folder = newPrivateFolder();
    opened.defer(() => rmSync(folder, { recursive: true, force: true }));
    const copy = join(folder, "results.sqlite");
    await copyDatabase(path, copy, options);
    const notice = leaveStrayLogOut(path, copy);
    const connection = opened.use(openCopiedConnection(copy, path));
    tryRemove(folder);
    const resources = opened.move();
    return { connection, notice, [Symbol.dispose]: () => resources.dispose() };
  } catch (error) {
    options.signal?.throwIfAborted();
    throw readFailure(error, path);
  }
}

/** `$TMPDIR` may be where others may write, such as in a project's folder: what lies there is not safe from them. */
function newPrivateFolder(): string {
  let failure: unknown;
  for (const place of new Set([tmpdir(), "/tmp"])) {
    try {
      return makePrivateFolder(place);
    } catch (error) {
      failure ??= error;
    }
  }
  throw failure;
}

function makePrivateFolder(place: string): string {
  const folder = mkdtempSync(join(place, "hyperion-ts-read-"));
  try {
    return privateFolder(folder);
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

function leaveStrayLogOut(path: string, copy: string): string | undefined {
  if (!strayLog(copy)) return undefined;
  rmSync(logOf(copy));
  return `Beside the results database ${path} is the log of another one, or of one that is not there any more: ${logOf(path)}. It was left out. The next program that opens the database to write puts it aside, and says what it has`;
}

/** NFS keeps the names of files that are open: the folder goes when the copy is closed, then. */
function tryRemove(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true });
  } catch {
    return;
  }
}
