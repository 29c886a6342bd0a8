/**
 * A claim that another database has: its value comes as a row that is taken in, not through the claim. Row and end come in
 * whichever order (claim-messages.ts).
 */

/** Where the claim was made. */
interface Lender {
  /** Whether a row is here that equal calls would take. */
  readonly isRowHere: () => boolean;
  /** The claim goes on; those who wait look whether the row that has come is for them. */
  readonly wake: () => void;
  /** Called once: the claim is over. With `error`, those who wait fail with it; else they look again. */
  readonly over: (end?: { readonly error: unknown }) => void;
}

/** A claim on a key of one database that another one computes. It is over once; what is said later does nothing. */
export class LentClaim {
  readonly #lender: Lender;
  #isRowHere = false;
  #isStored = false;
  #isOver = false;

  constructor(lender: Lender) {
    this.#lender = lender;
  }

  /** The other database has its row. */
  stored(): void {
    if (this.#isOver) return;
    this.#isStored = true;
    this.#isRowHere ||= this.#lender.isRowHere();
    if (this.#isRowHere) this.#end();
  }

  /** A row of the key has come in. */
  rowCame(): void {
    if (this.#isOver) return;
    this.#isRowHere = true;
    if (this.#isStored) this.#end();
    else this.#lender.wake();
  }

  /** The function failed. */
  fail(error: unknown): void {
    this.#end({ error });
  }

  /** The other database gives it up, or is lost. */
  release(): void {
    this.#end();
  }

  #end(end?: { readonly error: unknown }): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#lender.over(end);
  }
}
