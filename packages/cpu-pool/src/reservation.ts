/**
 * One wait for a lease: ends when the lease is granted or refused, when the
 * signal aborts or when the time is over, and takes its listener, its timer
 * and its place in line with it. A request that is served at once has none.
 */
import { aborter, after, anything, checkOptions, duration, nonEmpty, type Rules } from "@hyperion-ts/bounds";
import { ReserveTimeoutError } from "./errors.ts";
import type { Lease } from "./lease.ts";
import type { PoolCore } from "./pool-core.ts";
import { shapeOf, type PoolRequest } from "./shape.ts";
import type { Ticket, Waiter } from "./ticket.ts";

/** How long to wait. */
export interface ReserveOptions {
  /** Ends the wait; the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** In milliseconds, at least 0; left out or `Infinity` means no limit. */
  readonly timeoutMs?: number | undefined;
}

/** The values of a request are looked at where it is queued. */
const REQUEST_RULES: Rules<PoolRequest> = {
  cpus: anything,
  gpus: anything,
  memoryMb: anything,
  priority: anything,
  node: nonEmpty,
};
const OPTION_RULES: Rules<ReserveOptions> = { signal: aborter, timeoutMs: duration({ zero: true }) };

/**
 * The lease for `request`.
 *
 * @throws what `CpuPool.reserve` throws.
 */
export const awaitLease = (core: PoolCore, request: PoolRequest, options: ReserveOptions): Promise<Lease> =>
  new Promise((resolve, reject) => {
    checkOptions("reserve", request, REQUEST_RULES);
    checkOptions("reserve", options, OPTION_RULES);
    const { signal, timeoutMs = Infinity } = options;
    signal?.throwIfAborted();
    const reservation = new Reservation(resolve, reject);
    const ticket = core.enqueue(request, reservation);
    if (ticket.state === "waiting") reservation.limit(ticket, timeoutMs, signal);
  });

class Reservation implements Waiter {
  readonly #resolve: (lease: Lease) => void;
  readonly #reject: (error: unknown) => void;
  #stop: (() => void) | undefined;

  constructor(resolve: (lease: Lease) => void, reject: (error: unknown) => void) {
    this.#resolve = resolve;
    this.#reject = reject;
  }

  granted(lease: Lease): void {
    this.#stop?.();
    this.#resolve(lease);
  }

  refused(error: Error): void {
    this.#stop?.();
    this.#reject(error);
  }

  limit(ticket: Ticket, timeoutMs: number, signal: AbortSignal | undefined): void {
    const giveUp = (error: unknown): void => {
      this.#stop?.();
      ticket.cancel();
      this.#reject(error);
    };
    const onAbort = (): void => giveUp(signal?.reason);
    const onTimeout = (): void => giveUp(timedOut(ticket, timeoutMs));
    const timer = after(timeoutMs, onTimeout);
    signal?.addEventListener("abort", onAbort, { once: true });
    this.#stop = () => {
      timer[Symbol.dispose]();
      signal?.removeEventListener("abort", onAbort);
    };
  }
}

const timedOut = (ticket: Ticket, timeoutMs: number): ReserveTimeoutError =>
  new ReserveTimeoutError(shapeOf(ticket.request), ticket.request, timeoutMs, ticket.whyWaiting());
