/**
 * Taking in the rows of other results databases, such as those that the jobs of a program have kept: from copies, so that their writers
 * go on. Large ones come in several transactions, between which all else goes on.
 */
import { lstatSync } from "node:fs";
import { setImmediate } from "node:timers/promises";
import { checkOptions, checkValue, nonEmpty } from "@hyperion-ts/bounds";
import { ownUserId } from "@hyperion-ts/own-files";
import { openCopiedDatabase } from "./copied-database.ts";
import { databaseStamp } from "./database-stamp.ts";
import type { ResultsError } from "./results-error.ts";
import type { TakenIn } from "./results-options.ts";
import { sourceRows, textOf, type SourceRows } from "./source-rows.ts";
import { readFailure } from "./sqlite-failure.ts";
import type { TakenRows } from "./taken-rows.ts";

/** Where rows come in. */
export interface Intake {
  /** The rows that were taken in so far, and where the next ones are written. */
  readonly taken: TakenRows;
  /** Runs what writes to the database, if that is open and has its files. Throws a ResultsError where it is not, or was not. */
  readonly whileOurs: <A>(write: () => A) => A;
  /** Hears of each row, when it is committed, and of which source it is. */
  readonly onRow: (map: string, key: string, source: string) => void;
}

/** Takes rows in, of each source in turn. */
export class TakeIn {
  readonly #intake: Intake;
  readonly #ending = new AbortController();
  /** By source. None of them rejects. */
  readonly #underWay = new Map<string, Promise<unknown>>();
  /** What a source was when all that it had was here. */
  readonly #seen = new Map<string, string>();

  constructor(intake: Intake) {
    this.#intake = intake;
  }

  /** See `ResultsDatabase.takeIn`. */
  take(path: string, options: { readonly id: string }): Promise<TakenIn> {
    checkValue("takeIn", "source", path, nonEmpty);
    checkOptions("takeIn", options, { id: nonEmpty });
    const id = checkValue("takeIn", "id", options.id, nonEmpty);
    const taking = (this.#underWay.get(id) ?? Promise.resolve()).then(() => this.#take(path, id));
    const ended = taking
      .catch(() => undefined)
      .then(() => {
        if (this.#underWay.get(id) === ended) this.#underWay.delete(id);
      });
    this.#underWay.set(id, ended);
    return taking;
  }

  /** All that is not done yet rejects with `reason`. Resolves when nothing is under way. */
  async end(reason: ResultsError): Promise<void> {
    this.#ending.abort(reason);
    await Promise.all(this.#underWay.values());
  }

  async #take(path: string, id: string): Promise<TakenIn> {
    const { signal } = this.#ending;
    signal.throwIfAborted();
    const stamp = stampOf(path);
    if (stamp === undefined) return { isThere: false, rows: 0, maps: new Map() };
    const seen = `${path}\n${stamp}`;
    if (this.#seen.get(id) === seen) return { isThere: true, rows: 0, maps: new Map() };
    using copied = await openCopiedDatabase(path, { signal, refuse: whyNotOurs });
    const maps = new Map<string, number>();
    const source = sourceRows(copied.connection);
    while (this.#takeNext(source, id, maps)) {
      await setImmediate();
      signal.throwIfAborted();
    }
    this.#seen.set(id, seen);
    return { isThere: true, rows: [...maps.values()].reduce((sum, rows) => sum + rows, 0), maps };
  }

  /** Takes in some rows, and counts them by map. False where there are no more. */
  #takeNext(source: SourceRows, id: string, maps: Map<string, number>): boolean {
    const { taken, whileOurs, onRow } = this.#intake;
    const from = { id, fileId: source.fileId };
    const rows = source.after(taken.last(from));
    whileOurs(() => taken.write([{ source: from, rows, known: source }]));
    for (const row of rows) {
      const map = textOf(row.map);
      maps.set(map, (maps.get(map) ?? 0) + 1);
      onRow(map, textOf(row.key), id);
    }
    return rows.length > 0;
  }
}

/** Undefined where there is no file. */
function stampOf(path: string): string | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) && databaseStamp(path);
  } catch (error) {
    throw readFailure(error, path);
  }
}

/** Who may write to the file decides what is remembered. */
const whyNotOurs = ({ uid }: { readonly uid: number }): string | undefined =>
  uid === ownUserId() || uid === 0 ? undefined : `belongs to user ${uid}`;
