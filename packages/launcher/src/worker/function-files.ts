/**
 * The files of a function on this machine: which of them are other ones than when the program began, and whether any is
 * changed while they are loaded. Between the look here and the runtime's own reading there is a moment, and of a thousand workers
 * that start while a person saves a file one meets it.
 */
import { closeSync, fstatSync, openSync, readFileSync, statSync, type BigIntStats } from "node:fs";
import { basename } from "node:path";
import type { ChangedFile, FileAtStart } from "@hyperion-ts/wire";
import type { PathsHere } from "../shared/folder-names.ts";

/** What is known of a file. */
interface FileHere {
  readonly path: string;
  /** As it was when the program began. */
  readonly sha256: string;
  /** What was found; undefined: nothing that can be read. */
  readonly found: { readonly sha256: string; readonly mark: string; readonly changedAtMs: number } | undefined;
}

/** Files were changed while this worker loaded them, so nobody knows what it has loaded: another worker knows. */
export class UnsureCodeError extends Error {
  override readonly name = "UnsureCodeError";

  /** `files` are their paths. */
  constructor(files: readonly string[]) {
    super(`${files.join(", ")} was changed in the moment in which this worker loaded it`);
  }
}

/** The files of one function, as they were found. */
export class FunctionFiles {
  readonly #files: readonly FileHere[];

  /** Reads all of them, at once, as modules are loaded: else the runtime would start threads for it, which a limit may have no room for. */
  constructor(files: readonly FileAtStart[], here: PathsHere) {
    this.#files = files.map(({ path, sha256 }) => ({ path: here(path), sha256, found: look(here(path)) }));
  }

  /** The files that are other ones than when the program began. */
  get changed(): readonly ChangedFile[] {
    return this.#files.flatMap(({ sha256, found }, at) =>
      found?.sha256 === sha256 ? [] : [{ at, changedAtMs: found?.changedAtMs ?? null }],
    );
  }

  /** Whether any file is there, package.json files aside, which may lie far above. */
  get anyFound(): boolean {
    return this.#files.some(({ path, found }) => found !== undefined && !isPackageFile(path));
  }

  /** The files that have to come from the program for its old code to be loaded; all, where a package.json was changed, because that says how every file is loaded. */
  get wanted(): readonly number[] {
    const changed = this.changed.map(({ at }) => at);
    return changed.some((at) => isPackageFile(this.path(at))) ? this.#files.map((_, at) => at) : changed;
  }

  /** The path of one of them on this machine. */
  path(at: number): string {
    return this.#files[at]?.path ?? "";
  }

  /** The paths of the files that are not what they were when they were looked at. `kept`: the places of those that the runtime has not read itself. */
  changedSince(kept: readonly number[]): readonly string[] {
    return this.#files.flatMap(({ path, found }, at) =>
      kept.includes(at) || markOf(path) === found?.mark || look(path)?.sha256 === found?.sha256 ? [] : [path],
    );
  }
}

const isPackageFile = (path: string): boolean => basename(path) === "package.json";

function look(path: string): FileHere["found"] {
  // Loaded with the first file: it is a tenth of a worker's start.
  const { createHash } = process.getBuiltinModule("node:crypto");
  try {
    const fd = openSync(path, "r");
    try {
      const stats = fstatSync(fd, { bigint: true });
      return {
        sha256: createHash("sha256").update(readFileSync(fd)).digest("hex"),
        mark: mark(stats),
        changedAtMs: Number(stats.ctimeMs),
      };
    } finally {
      closeSync(fd);
    }
  } catch {
    return undefined;
  }
}

function markOf(path: string): string | undefined {
  try {
    return mark(statSync(path, { bigint: true }));
  } catch {
    return undefined;
  }
}

/** A text that is another one after each change: the kernel sets the time of a change (ctime) by itself, whatever a program says of the file's age. */
const mark = ({ dev, ino, size, ctimeNs }: BigIntStats): string => [dev, ino, size, ctimeNs].join(":");
