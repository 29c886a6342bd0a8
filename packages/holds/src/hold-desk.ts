/** Where a person decides what becomes of held calls: what they say is understood, and refused where it can't be. */
import { findHold, type HoldBook, isOpen } from "./hold-book.ts";
import { readChanges } from "./hold-changes.ts";
import type { Hold } from "./hold.ts";

/** What a person can do with the holds of one program. Options are those of `readChanges`; others are left out. */
export interface HoldDesk {
  /** All of them, the oldest first; also those of calls that are being made again. */
  list(): readonly Hold[];
  /** Makes a held call again, with these options. @throws HoldsError */
  retry(id: string, options: Readonly<Record<string, unknown>>): Hold;
  /** Makes all calls again on which nobody has decided; with `like`, those that failed for the same reason as that hold. @throws HoldsError */
  retryAll(options: Readonly<Record<string, unknown>>, like?: string): readonly Hold[];
  /** Gives a held call up: its caller gets the error. @throws HoldsError */
  cancel(id: string): Hold;
}

/** The desk of these holds. */
export const holdDesk = (book: HoldBook): HoldDesk => ({
  list: () => book.list(),
  retry: (id, options) => book.decide(findHold(book, id).id, { kind: "retry" }, readChanges(options)),
  retryAll: (options, like) => {
    const changes = readChanges(options);
    const reason = like === undefined ? undefined : findHold(book, like).reason;
    return book
      .list()
      .filter((hold) => isOpen(hold) && (reason === undefined || hold.reason === reason))
      .map(({ id }) => book.decide(id, { kind: "retry" }, changes));
  },
  cancel: (id) => book.decide(findHold(book, id).id, { kind: "cancel" }),
});
