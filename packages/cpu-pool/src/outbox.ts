/**
 * Callbacks that are owed. The pool changes its state first and calls people
 * afterwards, so that whoever is called may use the pool at once: what that
 * causes is called after it, in order, from the same loop and not from a
 * deeper stack.
 */

/** Something that calls somebody, once. */
export interface Notice {
  /** Calls whom it is for. */
  deliver(): void;
}

/** First in, first out. */
export class Outbox {
  /** The owed ones are at `#next` and up to `#end`; the places are used again. */
  readonly #notices: (Notice | undefined)[] = [];
  #next = 0;
  #end = 0;
  #delivering = false;

  /** Puts `notice` behind all that are owed. */
  push(notice: Notice): void {
    this.#notices[this.#end] = notice;
    this.#end += 1;
  }

  /**
   * Delivers everything, unless a delivery is under way, whose loop will do it.
   * Where callbacks throw, all others are called; then the first error is thrown.
   */
  flush(): void {
    if (this.#delivering) return;
    this.#delivering = true;
    const failures = this.#deliverAll();
    this.#delivering = false;
    if (failures !== undefined) throw failures[0];
  }

  #deliverAll(): unknown[] | undefined {
    let failures: unknown[] | undefined;
    for (let notice = this.#shift(); notice !== undefined; notice = this.#shift()) {
      try {
        notice.deliver();
      } catch (error) {
        (failures ??= []).push(error);
      }
    }
    return failures;
  }

  #shift(): Notice | undefined {
    const notice = this.#notices[this.#next];
    if (notice === undefined) return undefined;
    this.#notices[this.#next] = undefined;
    this.#next += 1;
    if (this.#next === this.#end) {
      this.#next = 0;
      this.#end = 0;
    }
    return notice;
  }
}
