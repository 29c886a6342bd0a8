/**
 * Finding rows: in the database itself, then in the one behind it. A row of its own wins whichever is newer, for `lookup`
 * as for `lookupAll`: so a job that has found a value, or stored one, finds the same one again.
 */
import type { Behind, RowLayer } from "./behind.ts";
import type { StoredRow } from "./results-store.ts";
import type { FunctionCodes, OtherCode, RowOrigins } from "./row-origins.ts";
import type { FoundRow } from "./stored-rows.ts";

/** A value, and the code that has computed it, as far as that is known. */
export interface FoundValue {
  /** The value's text, as it is stored. */
  readonly value: string;
  /** The functions that computed it, with the hashes of their code; empty where no code was noted. */
  readonly codes: FunctionCodes;
}

/** Names a row in one text: that of a key has no line break of its own. */
export const rowId = (map: string, key: string): string => `${key}\n${map}`;

/** The map and the key of an id: canonical JSON has no newline. */
export function rowOf(id: string): { readonly map: string; readonly key: string } {
  const at = id.indexOf("\n");
  return { key: id.slice(0, at), map: id.slice(at + 1) };
}

/** Finds rows, and tells once for each map of values that other code has computed. */
export class RowFinder {
  readonly #own: RowLayer;
  readonly #behind: Pick<Behind, "read"> | undefined;
  readonly #onOtherCode: ((found: OtherCode) => void) | undefined;
  /** Maps of which it was told already. */
  readonly #told = new Set<string>();
  /** Rows that must not come back from elsewhere. */
  readonly #forgotten = new Set<string>();

  constructor(own: RowLayer, behind?: Pick<Behind, "read">, onOtherCode?: (found: OtherCode) => void) {
    this.#own = own;
    this.#behind = behind;
    this.#onOtherCode = onOtherCode;
  }

  /** The newest row of a key, if it counts. */
  find(map: string, key: string, code: "any" | "same"): FoundValue | undefined {
    const found = this.#findIn(this.#own, map, key, code);
    if (found !== undefined || this.isForgotten(map, key)) return found;
    return this.#behind?.read((layer) => this.#findIn(layer, map, key, code));
  }

  /** The newest row of each key: those from behind first, then its own, the oldest of each first. */
  all(map: string): readonly StoredRow[] {
    const own = this.#allIn(this.#own, map, () => true);
    if (this.#behind === undefined) return own;
    const ownKeys = new Set(own.map(({ key }) => key));
    const counts = (key: string): boolean => !ownKeys.has(key) && !this.isForgotten(map, key);
    return [...(this.#behind.read((layer) => this.#allIn(layer, map, counts)) ?? []), ...own];
  }

  /** These keys were removed from the database itself: rows elsewhere that have them count no more. */
  forgotten(map: string, keys: readonly string[]): void {
    for (const key of keys) this.#forgotten.add(rowId(map, key));
  }

  /** Whether a row of this key that is elsewhere counts no more. */
  isForgotten(map: string, key: string): boolean {
    return this.#forgotten.size > 0 && this.#forgotten.has(rowId(map, key));
  }

  #findIn({ rows, origins }: RowLayer, map: string, key: string, code: "any" | "same"): FoundValue | undefined {
    const row = rows.newest(map, key);
    if (row === undefined || (code === "same" && origins.codeOf(map, row.programId) !== "same")) return undefined;
    this.#lookAtCode(origins, map, row);
    return { value: row.value, codes: origins.functionsOf(map, row.programId) };
  }

  #allIn({ rows, origins }: RowLayer, map: string, counts: (key: string) => boolean): readonly StoredRow[] {
    return rows.newestOfEach(map).flatMap((row) => {
      if (!counts(row.key)) return [];
      this.#lookAtCode(origins, map, row);
      return [{ key: row.key, value: row.value }];
    });
  }

  #lookAtCode(origins: RowOrigins, map: string, { programId }: FoundRow): void {
    if (this.#onOtherCode === undefined || this.#told.has(map) || origins.codeOf(map, programId) !== "other") return;
    this.#told.add(map);
    const found = origins.otherCode(map);
    if (found !== undefined) this.#onOtherCode(found);
  }
}
