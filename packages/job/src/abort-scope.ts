/**
 * One listener for all that waits under one signal. Thousands of calls of a group share its signal;
 * a listener for each would cost more than the calls.
 */

/** Something that ends early when its signal aborts. */
export interface Abortable {
  aborted(reason: unknown): void;
}

const scopes = new WeakMap<AbortSignal, AbortScope>();

/** What waits under `signal`. */
export function abortScope(signal: AbortSignal): AbortScope {
  let scope = scopes.get(signal);
  if (scope === undefined) scopes.set(signal, (scope = new AbortScope(signal)));
  return scope;
}

export class AbortScope {
  readonly #signal: AbortSignal;
  readonly #members = new Set<Abortable>();

  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  add(member: Abortable): void {
    if (this.#members.size === 0) this.#signal.addEventListener("abort", this.#abort, { once: true });
    this.#members.add(member);
  }

  delete(member: Abortable): void {
    if (this.#members.delete(member) && this.#members.size === 0) this.#signal.removeEventListener("abort", this.#abort);
  }

  readonly #abort = (): void => {
    const members = [...this.#members];
    this.#members.clear();
    for (const member of members) member.aborted(this.#signal.reason);
  };
}
