/**
 * Equal calls that run at the same time run once. The first claims the work; the others wait for what
 * becomes of it: a value and an error of the function are shared, a cancellation is not (it was
 * somebody else's), and then the first of the waiting takes the claim over.
 */
import { onAbort } from "./on-abort.ts";

/** What a waiter gets. */
export type FlightEnd<Value> =
  /** The value that the claimant computed. */
  | { readonly kind: "value"; readonly value: Value }
  /** What the claimant failed with. */
  | { readonly kind: "error"; readonly error: unknown }
  /** The claim itself. */
  | { readonly kind: "mine" }
  /** Nothing that is known here: the waiter is to look again at what there is. */
  | { readonly kind: "again" };

type Waiter<Value> = (end: FlightEnd<Value>) => void;

/** The claims under way, by an id that equal calls share. */
export class SingleFlight<Value> {
  readonly #waiters = new Map<string, Set<Waiter<Value>>>();
  /** Since when somebody waits, on performance.now()'s clock, by the id. */
  readonly #sinceMs = new Map<string, number>();

  /** Whether somebody has claimed the id, and not ended the claim. */
  isClaimed(id: string): boolean {
    return this.#waiters.has(id);
  }

  /** What is claimed. */
  ids(): Iterable<string> {
    return this.#waiters.keys();
  }

  /** The ids for which somebody waits: how many do, and since when the first of them has, on performance.now()'s clock. */
  *waits(): Generator<{ readonly id: string; readonly callers: number; readonly sinceMs: number }> {
    for (const [id, sinceMs] of this.#sinceMs) {
      const callers = this.#waiters.get(id)?.size ?? 0;
      if (callers > 0) yield { id, callers, sinceMs };
    }
  }

  /** Claims an unclaimed id. Whoever does must end it with `land`, `crash`, `passOn` or `reopen`. */
  claim(id: string): void {
    this.#waiters.set(id, new Set());
  }

  /** Waits for the end of a claim. Aborting rejects at once with the signal's reason and leaves no listener behind. */
  wait(id: string, signal: AbortSignal | undefined): Promise<FlightEnd<Value>> {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const waiters = this.#waiters.get(id);
      const waiter: Waiter<Value> = (end) => {
        stopListening();
        resolve(end);
      };
      const stopListening = onAbort(signal, () => {
        waiters?.delete(waiter);
        stopListening();
        reject(signal?.reason);
      });
      waiters?.add(waiter);
      if (waiters?.size === 1) this.#sinceMs.set(id, performance.now());
    });
  }

  /** The claim ends with a value. */
  land(id: string, value: Value): void {
    this.#end(id, { kind: "value", value });
  }

  /** The claim ends with an error. */
  crash(id: string, error: unknown): void {
    this.#end(id, { kind: "error", error });
  }

  /** The claim is given up: the first of the waiting has it now, or nobody. */
  passOn(id: string): void {
    const waiters = this.#waiters.get(id);
    const [heir] = waiters ?? [];
    if (!waiters || !heir) return this.#forget(id);
    waiters.delete(heir);
    heir({ kind: "mine" });
  }

  /** The claim is over, and those who waited look again. */
  reopen(id: string): void {
    this.#end(id, { kind: "again" });
  }

  /** The claim goes on, and those who waited look again. */
  wake(id: string): void {
    const waiters = this.#waiters.get(id);
    if (waiters === undefined) return;
    this.#waiters.set(id, new Set());
    for (const waiter of waiters) waiter({ kind: "again" });
  }

  #forget(id: string): void {
    this.#waiters.delete(id);
    this.#sinceMs.delete(id);
  }

  #end(id: string, end: FlightEnd<Value>): void {
    const waiters = this.#waiters.get(id) ?? new Set();
    this.#forget(id);
    for (const waiter of waiters) waiter(end);
  }
}
