/** What claims need of the database that they are for. */
import type { Arbiter } from "./arbiter.ts";
import type { RowFinder } from "./row-finder.ts";
import type { FunctionCodes } from "./row-origins.ts";
import type { AskedDatabase } from "./sole-job.ts";

/** The database whose claims these are. */
export interface ClaimPlace {
  readonly finder: Pick<RowFinder, "find" | "isForgotten">;
  /** Writes a row; resolves after its COMMIT. */
  readonly insert: (map: string, key: string, value: string) => Promise<void>;
  /** The code with which this program computes values of a map. */
  readonly codesOf: (map: string) => FunctionCodes;
  /** Whether these are other codes than today's, as far as that is known. */
  readonly areOther: (codes: FunctionCodes) => boolean;
  /** Throws where the database can't be used any more. */
  readonly assertOpen: () => void;
  readonly arbiter: Arbiter | undefined;
  /** The database itself, as far as jobs ask it. */
  readonly asked: AskedDatabase;
}
