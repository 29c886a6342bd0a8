/**
 * One listener for all that waits under one signal. Thousands of calls of a group share its signal;
 * a listener for each would cost more than the calls. The listener stays as long as the signal: to
 * add and remove it with each call that is alone would cost as much as one for each.
 */

/** Something that ends early when its signal aborts. */
export interface Abortable {
  /** The signal has aborted, with this reason. */
  aborted(reason: unknown): void;
}

const scopes = new WeakMap<AbortSignal, AbortScope>();

/** What waits under `signal`. */
export function abortScope(signal: AbortSignal): AbortScope {
  let scope = scopes.get(signal);
  if (scope === undefined) scopes.set(signal, (scope = new AbortScope(signal)));
  return scope;
}

/** What waits under one signal. */
export class AbortScope {
  readonly #signal: AbortSignal;
  readonly #members = new Set<Abortable>();

  constructor(signal: AbortSignal) {
    this.#signal = signal;
    signal.addEventListener("abort", this.#abort, { once: true });
  }

  /** `member` hears of an abort from now on. */
  add(member: Abortable): void {
    this.#members.add(member);
  }

  /** `member` waits no longer. */
  delete(member: Abortable): void {
    this.#members.delete(member);
  }

  readonly #abort = (): void => {
    const members = [...this.#members];
    this.#members.clear();
    for (const member of members) member.aborted(this.#signal.reason);
  };
}
