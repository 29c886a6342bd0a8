/** Loading what reads and writes rows, once. */
import type * as MapRows from "./map-rows.ts";

let rows: typeof MapRows | undefined;

/** What the verbs of a map do; undefined until it is loaded. */
export const mapRows = (): typeof MapRows | undefined => rows;

/** Loads it, at the first time. */
export const loadMapRows = async (): Promise<typeof MapRows> => (rows ??= await import("./map-rows.ts"));
