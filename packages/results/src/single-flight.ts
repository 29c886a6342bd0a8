/**
 * Equal calls that run at the same time run once. The first claims the work; the others wait for what
 * becomes of it: a value and an error of the function are shared, a cancellation is not (it was
 * somebody else's), and then the first of the waiting takes the claim over.
 */

/** What a waiter gets: the value that the claimant computed, or the claim itself. */
export type FlightEnd<Value> = { readonly kind: "value"; readonly value: Value } | { readonly kind: "mine" };

interface Waiter<Value> {
  readonly resolve: (end: FlightEnd<Value>) => void;
  readonly reject: (error: unknown) => void;
}

/** The claims under way, by an id that equal calls share. */
export class SingleFlight<Value> {
  readonly #waiters = new Map<string, Set<Waiter<Value>>>();

  /** Whether somebody has claimed the id, and not ended the claim. */
  isClaimed(id: string): boolean {
    return this.#waiters.has(id);
  }

  /** Claims an unclaimed id. Whoever does must end it with `land`, `crash` or `passOn`. */
  claim(id: string): void {
    this.#waiters.set(id, new Set());
  }

  /** Waits for the end of a claim. Aborting rejects at once with the signal's reason and leaves no listener behind. */
  wait(id: string, signal: AbortSignal | undefined): Promise<FlightEnd<Value>> {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const waiters = this.#waiters.get(id);
      const stopListening = (): void => signal?.removeEventListener("abort", abort);
      const waiter: Waiter<Value> = {
        resolve: (end) => (stopListening(), resolve(end)),
        reject: (error) => (stopListening(), reject(error)),
      };
      const abort = (): void => {
        waiters?.delete(waiter);
        waiter.reject(signal?.reason);
      };
      signal?.addEventListener("abort", abort);
      waiters?.add(waiter);
    });
  }

  /** The claim ends with a value. */
  land(id: string, value: Value): void {
    for (const waiter of this.#take(id)) waiter.resolve({ kind: "value", value });
  }

  /** The claim ends with an error. */
  crash(id: string, error: unknown): void {
    for (const waiter of this.#take(id)) waiter.reject(error);
  }

  /** The claim is given up: the first of the waiting has it now, or nobody. */
  passOn(id: string): void {
    const waiters = this.#waiters.get(id);
    const [heir] = waiters ?? [];
    if (!waiters || !heir) return void this.#waiters.delete(id);
    waiters.delete(heir);
    heir.resolve({ kind: "mine" });
  }

  #take(id: string): ReadonlySet<Waiter<Value>> {
    const waiters = this.#waiters.get(id) ?? new Set();
    this.#waiters.delete(id);
    return waiters;
  }
}
