/** The holds of one program: the same for a run that goes on and for the files of one that does not. */
import type { HoldChanges } from "./hold-changes.ts";
import type { Hold, HoldVerdict } from "./hold.ts";
import { HoldsError } from "./holds-error.ts";

/** The holds of one program. */
export interface HoldBook {
  /** All of them, the oldest first; also those of calls that are being made again. */
  list(): readonly Hold[];
  /**
   * Decides on the hold of that id; `changes` are for a retry, on top of earlier ones. Returns the hold as it is then.
   *
   * @throws HoldsError
   */
  decide(id: string, verdict: HoldVerdict, changes?: HoldChanges): Hold;
}

/** Whether nobody has decided on it. */
export const isOpen = ({ verdict }: Pick<Hold, "verdict">): boolean => verdict === null;

/**
 * The hold that is named by its id, or by the beginning of it.
 *
 * @throws HoldsError `not-found`, which names those that there are
 */
export function findHold(book: Pick<HoldBook, "list">, id: string): Hold {
  const all = book.list();
  const matching = all.filter((hold) => hold.id === id || (id !== "" && hold.id.startsWith(id)));
  const found = matching.find((hold) => hold.id === id) ?? (matching.length === 1 ? matching[0] : undefined);
  if (found !== undefined) return found;
  const there = (matching.length > 1 ? matching : all).map((hold) => hold.id);
  const what = matching.length > 1 ? `${id} may be several` : `There is no hold ${id}`;
  throw new HoldsError("not-found", `${what}. There ${there.length === 0 ? "is none" : `are: ${there.join(", ")}`}`);
}
