/**
 * Callbacks that are owed. The pool changes its state first and calls people
 * afterwards, so that whoever is called may use the pool at once: what that
 * causes is called after it, in order, from the same loop and not from a
 * deeper stack.
 */

/** Something that calls somebody, once. */
export interface Notice {
  deliver(): void;
}

/** First in, first out. */
export class Outbox {
  readonly #notices: Notice[] = [];
  #next = 0;
  #delivering = false;

  push(notice: Notice): void {
    this.#notices.push(notice);
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
    this.#next += 1;
    if (this.#next >= this.#notices.length) {
      this.#notices.length = 0;
      this.#next = 0;
    }
    return notice;
  }
}
