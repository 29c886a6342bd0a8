/** The files of a program's holds, in a folder that is this user's alone. Each is written whole or not at all. */
import { randomInt } from "node:crypto";
import { closeSync, constants, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { openRegularFile, ownFolder, ownFolderIfThere, ownUserId, writeWhole } from "@hyperion-ts/own-files";
import type { HoldBook } from "./hold-book.ts";
import { type HoldChanges, retryCommand, withChanges } from "./hold-changes.ts";
import type { HeldFailure, Hold, HoldVerdict } from "./hold.ts";
import { HoldsError } from "./holds-error.ts";

const FOLDER = "holds";
const MOST_BYTES = 128 * 1024;
/** Of what a person reads. */
const MOST_WORDS = 4_000;
const MOST_LINES = 20;
const MOST_LINE = 400;
const MOST_SUMMARY = 160;

/** No digit or letter that looks like another. */
const DIGITS = "23456789";
const LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
/** So many ids of a length are tried before longer ones. */
const TRIES = 20;

/** The holds of the program that lives in a directory, as their files have them. Nothing is made before there is a hold. */
export class HoldFiles implements HoldBook {
  readonly #directory: string;
  /** Ids by the keys of their calls. Other processes decide, and neither add nor remove. */
  #ids: Map<string, string> | undefined;

  /** `directory`: that of the program, with its results database. */
  constructor(directory: string) {
    this.#directory = directory;
  }

  /**
   * All of them, the oldest first; what is no file of a hold is left out.
   *
   * @throws NotOursError where others may have written to the folder
   */
  list(): readonly Hold[] {
    const folder = ownFolderIfThere(this.#directory, FOLDER);
    if (folder === undefined) return [];
    return readdirSync(folder)
      .filter((name) => name.endsWith(".json"))
      .flatMap((name) => readHold(join(folder, name)) ?? [])
      .toSorted((a, b) => a.since.localeCompare(b.since) || a.id.localeCompare(b.id));
  }

  /** The hold of that id; undefined where there is none. @throws as `list` */
  read(id: string): Hold | undefined {
    const folder = ownFolderIfThere(this.#directory, FOLDER);
    return folder === undefined || !/^\w+$/u.test(id) ? undefined : readHold(join(folder, `${id}.json`));
  }

  /** The hold of that call; undefined where it is not held. @throws as `list` */
  find(key: string): Hold | undefined {
    const id = this.#known.get(key);
    return id === undefined ? undefined : this.read(id);
  }

  /** Writes a failure down; a call that was held before keeps its id and what its retries have changed. @throws NotOursError; the file system's error */
  add(failure: HeldFailure): Hold {
    const folder = ownFolder(this.#directory, FOLDER, () => undefined);
    const before = this.find(failure.key);
    const id = before?.id ?? newId(new Set(this.#known.values()));
    const hold: Hold = {
      layout: 1,
      id,
      ...bounded(failure),
      since: new Date().toISOString(),
      tries: (before?.tries ?? 0) + 1,
      changes: before?.changes ?? {},
      command: retryCommand(id, failure.remedy.changes),
      verdict: null,
    };
    writeHold(join(folder, `${id}.json`), hold);
    this.#known.set(failure.key, id);
    return hold;
  }

  decide(id: string, verdict: HoldVerdict, changes: HoldChanges = {}): Hold {
    const hold = this.read(id);
    if (hold === undefined) throw new HoldsError("not-found", `There is no hold ${id} any more`);
    const decided = { ...hold, verdict, changes: withChanges(hold.changes, changes) };
    writeHold(
      join(
        ownFolder(this.#directory, FOLDER, () => undefined),
        `${id}.json`,
      ),
      decided,
    );
    return decided;
  }

  /** Removes the hold of a call, if it is held. @throws as `list` */
  end(key: string): void {
    const id = this.#known.get(key);
    if (id === undefined) return;
    rmSync(
      join(
        ownFolder(this.#directory, FOLDER, () => undefined),
        `${id}.json`,
      ),
      { force: true },
    );
    this.#known.delete(key);
  }

  get #known(): Map<string, string> {
    return (this.#ids ??= new Map(this.list().map(({ key, id }) => [key, id])));
  }
}

/** `3Fa`: a digit and letters, so it is no number, and none of the other ids of a run. */
function newId(taken: ReadonlySet<string>): string {
  for (let tried = 0; ; tried += 1) {
    const letters = Array.from({ length: 2 + Math.floor(tried / TRIES) }, () => oneOf(LETTERS));
    const id = `${oneOf(DIGITS)}${letters.join("")}`;
    if (!taken.has(id)) return id;
  }
}

const oneOf = (characters: string): string => characters.charAt(randomInt(characters.length));

const bounded = (failure: HeldFailure): HeldFailure => ({
  ...failure,
  input: failure.input.slice(0, MOST_LINE),
  summary: (failure.summary.split("\n", 1)[0] ?? "").slice(0, MOST_SUMMARY),
  why: failure.why.slice(0, MOST_WORDS),
  lastLines: failure.lastLines.slice(-MOST_LINES).map((line) => line.slice(0, MOST_LINE)),
  remedy: { ...failure.remedy, words: failure.remedy.words.slice(0, MOST_WORDS) },
});

const writeHold = (path: string, hold: Hold): void => writeWhole(path, `${JSON.stringify(hold, null, 2)}\n`);

/** Undefined where it is gone by now, is another user's, or is no hold. */
function readHold(path: string): Hold | undefined {
  try {
    const fd = openRegularFile(path, constants.O_RDONLY, ({ uid, mode, size }) => {
      if (uid !== ownUserId()) return `belongs to user ${uid}`;
      if ((mode & 0o022) !== 0) return "may be written to by others";
      return size > MOST_BYTES ? `has ${size} bytes` : undefined;
    });
    try {
      return holdOf(JSON.parse(readFileSync(fd, "utf8")));
    } finally {
      closeSync(fd);
    }
  } catch {
    return undefined;
  }
}

function holdOf(value: Partial<Hold> | null): Hold | undefined {
  const isHold = value?.layout === 1 && typeof value.id === "string" && typeof value.key === "string";
  return isHold ? (value as Hold) : undefined;
}
