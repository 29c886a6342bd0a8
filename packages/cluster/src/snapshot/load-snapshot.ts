/** Importing a snapshot in a job's head: only what was made, by this user, as it was made. */
import { realpathSync } from "node:fs";
// As a whole: an old Node can't link a name that it does not have, and would not come as far as to say that it is too old.
import nodeModule from "node:module";
import { setImmediate as turn } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { NotOursError } from "@hyperion-ts/own-files";
import { findRemote, isRefusedProgram, refusePrograms, remoteNames } from "@hyperion-ts/remote";
import { markNow, type ReadFile, readOwnFile, sha256 } from "./snapshot-file.ts";
import { messageOf, SnapshotError, type SnapshotErrorCode } from "./snapshot-error.ts";

/** What to do about most of it. */
const START_AGAIN = "Start the program again: it makes a new snapshot, and submits the job anew";

/**
 * Imports the snapshot `file`, if it belongs to this user, nobody else may write to it, and its bytes have the SHA-256
 * `expectedHash` (hexadecimal). Then its functions are known by their names (`findRemote` of @hyperion-ts/remote), and workers
 * import the same file for them. A program that it would start when it is imported is refused, as in a worker.
 *
 * @throws SnapshotError
 * @example
 * await loadSnapshot(job.snapshot.file, job.snapshot.hash);
 * const fn = findRemote(job.functionName);
 */
export async function loadSnapshot(file: string, expectedHash: string): Promise<void> {
  const { bytes, mark } = read(file);
  const found = sha256(bytes);
  if (found !== expectedHash)
    throw failure(
      "snapshot-damaged",
      file,
      `has other contents than when it was made (SHA-256 ${found}, and not ${expectedHash})`,
    );
  // The runtime names it so.
  const url = pathToFileURL(realpathSync(file)).href;
  // Errors then name the lines of the sources.
  if (!process.sourceMapsEnabled) nodeModule.setSourceMapsSupport(true);
  const before = new Set(remoteNames());
  await importOnly(file, url);
  // The runtime has read it by itself.
  if (isChanged(file, mark)) throw failure("snapshot-damaged", file, "was changed while it was loaded");
  checkModules(
    file,
    url,
    remoteNames().filter((name) => !before.has(name)),
  );
}

function read(file: string): ReadFile {
  try {
    return readOwnFile(file);
  } catch (error) {
    if (error instanceof NotOursError)
      throw new SnapshotError("snapshot-not-ours", file, `The job's program is not run: ${error.message}`, {
        cause: error,
      });
    throw failure("snapshot-unreadable", file, `can't be read: ${messageOf(error)}`, error);
  }
}

async function importOnly(file: string, url: string): Promise<void> {
  using _ = refusePrograms();
  try {
    await import(url);
    // What it has started and does not await is refused now.
    await turn();
  } catch (error) {
    const why = isRefusedProgram(error) ? "starts a program when it is imported" : "fails when it is imported";
    throw new SnapshotError("snapshot-not-loaded", file, `The job's program (${file}) ${why}: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

function isChanged(file: string, mark: string): boolean {
  try {
    return markNow(file) !== mark;
  } catch {
    // It was there, and is loaded.
    return false;
  }
}

/** Workers would import what the function says, and that may have been edited since. */
function checkModules(file: string, url: string, names: readonly string[]): void {
  const strayed = names.find((name) => findRemote(name)?.module !== url);
  if (strayed !== undefined)
    throw new SnapshotError(
      "snapshot-not-loaded",
      file,
      `The remote function ${JSON.stringify(strayed)} names ${String(findRemote(strayed)?.module)} as its module, and not the job's program (${file}). Give defineRemote the module's own import.meta, as in defineRemote(import.meta, { ... })`,
    );
}

const failure = (code: SnapshotErrorCode, file: string, what: string, cause?: unknown): SnapshotError =>
  new SnapshotError(
    code,
    file,
    `The job's program ${file} ${what}. ${START_AGAIN}`,
    cause === undefined ? undefined : { cause },
  );
