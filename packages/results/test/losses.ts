/** A database with texts, from which something is taken away: what is stored, how the loss is told, and what was saved. */
import { expect } from "vitest";
import { z } from "zod";
import { insert, keyValMap, lookupAll, openResults, type ResultsDatabase, type ResultsError } from "../src/index.ts";

/** The map of the texts. */
export const texts = keyValMap("texts", z.int(), z.string());

/** Stores `text` for each key from `from` to below `to`. */
export const store = (results: ResultsDatabase, from: number, to: number, text = "x"): Promise<unknown> =>
  Promise.all(Array.from({ length: to - from }, (_, i) => insert(texts, from + i, text)({ results })));

/** The error that `work` must reject with. */
export const lossOf = (work: PromiseLike<unknown>): PromiseLike<ResultsError> =>
  work.then(
    () => expect.fail("nothing was lost"),
    (error: ResultsError) => error,
  );

/** The path where, by its message, the rows were saved. */
export const savedIn = (error: ResultsError): string => /saved in (\S+) \(/.exec(error.message)?.[1] ?? "";

/** The keys in the database at `path`, which may be one that an error has saved. */
export async function storedIn(path: string): Promise<readonly number[]> {
  await using results = await openResults({ path, programId: "after" });
  return (await lookupAll(texts)({ results })).map(([key]) => key);
}
