/**
 * What the verbs (`insert`, `lookup`, `memoizeWithMap`, ...) ask of a results database. It speaks in
 * texts, a map's name, a key's canonical JSON and a value's JSON, so that the one who answers can be
 * the database itself or, in a process that may not open it, the connection to the one that holds it.
 */

import type { FunctionCodes } from "./row-origins.ts";

/** A row of a map: the key and value texts. */
export interface StoredRow {
  /** The key's canonical JSON. */
  readonly key: string;
  /** The value's JSON, or what its codec wrote. */
  readonly value: string;
}

/** The answer to `claim`. `codes`: the remote functions, with the hashes of their code, that the value was computed with, as far as they are known. */
export type ClaimAnswer =
  /** It was in the database. */
  | { readonly kind: "remembered"; readonly value: string; readonly codes: FunctionCodes }
  /** An equal call that ran at the same time computed it; its row is committed. */
  | { readonly kind: "shared"; readonly value: string; readonly codes: FunctionCodes }
  /** The caller is to compute it, and must end the claim: everyone with an equal key waits for that. */
  | { readonly kind: "mine"; readonly claim: Claim };

/** The duty to compute one value. It ends with the first call of one of these; `fulfil` after that is refused. */
export interface Claim {
  /** Stores the value, and gives it to the waiting. Resolves after the row's COMMIT has returned. */
  readonly fulfil: (value: string) => Promise<void>;
  /** The function failed: the waiting fail with the same error. Later calls start anew. */
  readonly fail: (error: unknown) => void;
  /** The claimant was cancelled or is lost: the first of the waiting takes the claim over. */
  readonly release: () => void;
}

/** How a value is claimed. */
export interface ClaimOptions {
  /** Ends the wait for another's value. */
  readonly signal?: AbortSignal | undefined;
  /** `"same"`: a value that other code has computed, or of which that is not known, counts as none. Default `"any"`. */
  readonly code?: "any" | "same";
}

/** The store behind the verbs. Look-ups see committed rows only. */
export interface ResultsStore {
  /** The newest value of a key. */
  readonly lookup: (map: string, key: string) => string | undefined | Promise<string | undefined>;
  /** The newest row of each key, the oldest of them first. Keys are canonical. */
  readonly lookupAll: (map: string) => readonly StoredRow[] | Promise<readonly StoredRow[]>;
  /** Adds a row. Resolves after its COMMIT has returned. */
  readonly insert: (map: string, key: string, value: string) => Promise<void>;
  /** Deletes all rows of these keys. Resolves after the COMMIT. */
  readonly forget: (map: string, keys: readonly string[]) => Promise<void>;
  /**
   * The value of a key, or the duty to compute it. Where somebody computes it already, waits for them;
   * an abort of `signal` ends the wait at once with its reason.
   */
  readonly claim: (map: string, key: string, options?: ClaimOptions) => ClaimAnswer | Promise<ClaimAnswer>;
  /** Notes that a value of a map is computed with a remote function: with its code of today, unless `hash` says with which. */
  readonly noteCode: (map: string, functionName: string, hash?: string) => void;
}

/**
 * The capability to use a results database (Hyperion's HasDB). `signal`, where the environment has
 * one, ends waits on other callers.
 */
export type HasResults = HasCodeNotes & {
  /** The database that the verbs use. */
  readonly results: ResultsStore;
  /** Ends waits on other callers. */
  readonly signal?: AbortSignal | undefined;
};

/** Who wants to know which remote functions are called: `memoizeWithMap`, of what it computes. */
export interface HasCodeNotes {
  /** To be called with each remote function that is called in this environment. `hash` is that of its code, where it is not the code of today. */
  readonly noteCode?: (functionName: string, hash?: string) => void;
}
