/**
 * Which one of equal calls computes: those of one database, and through its arbiter, or as the arbiter of others, those of
 * several. What a database has, or the one behind it, needs no claim.
 */
import type { Arbiter, HeldClaim } from "./arbiter.ts";
import { openClaim } from "./claim.ts";
import type { ClaimPlace } from "./claim-place.ts";
import type { RowName } from "./file-position.ts";
import { LentClaim } from "./lent-claim.ts";
import type { LendOptions, LentAnswer, WantedKey } from "./lending.ts";
import type { Claim, ClaimAnswer } from "./results-store.ts";
import { type FoundValue, rowId, rowOf } from "./row-finder.ts";
import { SingleFlight } from "./single-flight.ts";
import { type Asker, SoleJob } from "./sole-job.ts";
import type { StoreWait } from "./store-wait.ts";

/** What a flight lands with: a value, and which callers it was looked for. */
interface Landed extends FoundValue {
  readonly code: "any" | "same";
}

/** What becomes of a claim for who has asked. */
interface Caller<A> {
  /** The job that asks, where it is one. */
  readonly asker?: Asker;
  /** The claim is theirs; `held` is the arbiter's side of it. */
  readonly mine: (held: HeldClaim | undefined) => A;
  /** The function failed elsewhere. May throw. */
  readonly failed: (error: unknown) => A;
  /** What it gets in the place of a wait for this database's own program; absent: it waits. */
  readonly alone?: A;
}

type Found = Exclude<ClaimAnswer, { readonly kind: "mine" }>;

/** The claims of an open database. */
export class Claims {
  /** Which of the jobs that ask decides by itself. */
  readonly soleJob: SoleJob;
  readonly #place: ClaimPlace;
  readonly #flights = new SingleFlight<Landed>();
  /** Claims that other databases have, by the row's id. */
  readonly #lent = new Map<string, LentClaim>();
  /** Claims that are running while a row of their key has come in. */
  readonly #overtaken = new Set<string>();
  /** Since when another database is asked, or waited for, on performance.now()'s clock, by the row's id. */
  readonly #asking = new Map<string, number>();
  readonly #closing = new AbortController();

  constructor(place: ClaimPlace) {
    this.#place = place;
    this.soleJob = new SoleJob(place.asked, () => this.#ownKeys());
  }

  /** See `ResultsStore.claim`; the caller has looked behind. */
  claim(wanted: WantedKey): ClaimAnswer | Promise<ClaimAnswer> {
    return this.#take<ClaimAnswer>(wanted, {
      mine: (held) => ({ kind: "mine", claim: this.#ownClaim(wanted, held) }),
      failed: (error) => {
        throw error;
      },
    });
  }

  /** The same for a caller in another database. */
  lend(wanted: WantedKey, { asker, waitsForOwn, over }: LendOptions): LentAnswer | Promise<LentAnswer> {
    this.#place.assertOpen();
    return this.#take<LentAnswer>(wanted, {
      asker,
      ...(waitsForOwn ? {} : { alone: { kind: "alone" } }),
      mine: (held) => ({ kind: "lent", claim: this.#lentClaim(wanted, held, over) }),
      failed: (error) => ({ kind: "failed", error }),
    });
  }

  /** The newest row of a key, for a caller in another database. */
  find(map: string, key: string): FoundValue | undefined {
    this.#place.assertOpen();
    return this.#place.finder.find(map, key, "any");
  }

  /** The newest row that the arbiter has of a key that has none here; undefined where it can't be asked. */
  lookupElsewhere(map: string, key: string): Promise<FoundValue | undefined> | undefined {
    const { arbiter, finder } = this.#place;
    if (arbiter?.isToBeAsked(map, key) !== true || finder.isForgotten(map, key)) return undefined;
    return arbiter.lookup(map, key, this.#closing.signal);
  }

  /** Another database computes this, without having asked. Undefined where somebody has the claim already. */
  lendUnasked(wanted: WantedKey, over: () => void): LentClaim | undefined {
    const id = rowId(wanted.map, wanted.key);
    if (this.#flights.isClaimed(id)) return undefined;
    this.#flights.claim(id);
    // A row that is here already is one that later calls take.
    this.#overtaken.add(id);
    return this.#lentClaim(wanted, undefined, over);
  }

  /** What is waited for here. */
  *waits(): Generator<StoreWait> {
    const elsewhere = "equal-call-elsewhere";
    for (const { id, callers, sinceMs } of this.#flights.waits())
      yield { ...rowOf(id), kind: this.#lent.has(id) ? elsewhere : "equal-call", callers, sinceMs };
    for (const [id, sinceMs] of this.#asking) yield { ...rowOf(id), kind: elsewhere, callers: 1, sinceMs };
  }

  /** Whether someone computes this. */
  isClaimed(map: string, key: string): boolean {
    return this.#flights.isClaimed(rowId(map, key));
  }

  /** A row has been taken in, of the source of that name. */
  rowCame(map: string, key: string, source: string): void {
    const id = rowId(map, key);
    if (this.#flights.isClaimed(id)) {
      this.#overtaken.add(id);
      this.#lent.get(id)?.rowCame();
    }
    this.soleJob.rowCame(map, key, source);
  }

  /** Nobody waits for another database any more: to be called when the database is closed. */
  close(reason: unknown): void {
    this.#closing.abort(reason);
    for (const claim of this.#lent.values()) claim.release();
    this.soleJob.close();
  }

  /** `hasWaited`: for the same value as another caller. */
  #take<A>(wanted: WantedKey, caller: Caller<A>, hasWaited = false): A | Found | Promise<A | Found> {
    const { map, key, code } = wanted;
    const id = rowId(map, key);
    const { finder } = this.#place;
    const isHere = this.#overtaken.has(id) && finder.find(map, key, code) !== undefined;
    if (this.#flights.isClaimed(id) && !isHere)
      return caller.alone !== undefined && !this.#lent.has(id) ? caller.alone : this.#share(id, wanted, caller);
    const row = finder.find(map, key, code);
    if (row !== undefined) return { kind: hasWaited ? "shared" : "remembered", ...row };
    if (this.soleJob.mustWait(caller.asker)) return this.#takeLater(wanted, caller);
    this.#overtaken.delete(id);
    this.#flights.claim(id);
    return this.#own(id, wanted, caller);
  }

  /** What the sole job computes is known then. */
  async #takeLater<A>(wanted: WantedKey, caller: Caller<A>): Promise<A | Found> {
    const id = rowId(wanted.map, wanted.key);
    this.#asking.set(id, this.#asking.get(id) ?? performance.now());
    try {
      await this.soleJob.wait(wanted.signal);
    } finally {
      this.#asking.delete(id);
    }
    wanted.signal?.throwIfAborted();
    this.#place.assertOpen();
    return this.#take(wanted, caller, true);
  }

  async #share<A>(id: string, wanted: WantedKey, caller: Caller<A>): Promise<A | Found> {
    const end = await this.#flights.wait(id, wanted.signal);
    if (end.kind === "error") return caller.failed(end.error);
    if (end.kind === "mine") return this.#own(id, wanted, caller);
    if (end.kind === "value" && (wanted.code === "any" || end.value.code === "same"))
      return { kind: "shared", value: end.value.value, codes: end.value.codes };
    wanted.signal?.throwIfAborted();
    this.#place.assertOpen();
    return this.#take(wanted, caller, true);
  }

  /** The flight is this caller's; whether it is to compute, the arbiter says. */
  #own<A>(id: string, { map, key, code, signal }: WantedKey, caller: Caller<A>): A | Promise<A | Found> {
    const { arbiter, finder } = this.#place;
    if (arbiter === undefined) return caller.mine(undefined);
    // What was forgotten here is not to come back from there.
    if (!arbiter.isToBeAsked(map, key) || finder.isForgotten(map, key))
      return caller.mine(arbiter.hold(map, key, code));
    return this.#ask(id, { map, key, code, signal }, { ...caller, arbiter });
  }

  async #ask<A>(
    id: string,
    { map, key, code, signal }: WantedKey,
    { arbiter, mine }: Caller<A> & { readonly arbiter: Arbiter },
  ): Promise<A | Found> {
    this.#asking.set(id, performance.now());
    try {
      const answer = await arbiter.claim(map, key, { signal: signal ?? this.#closing.signal, code });
      if (answer.kind === "compute") return mine(answer.held);
      const { found } = answer;
      // The arbiter judges by its own code, and a job may have been submitted with other code than that.
      if (code === "same" && this.#place.areOther(found.codes)) return mine(arbiter.hold(map, key, code));
      this.#flights.land(id, { ...found, code });
      return { kind: "remembered", ...found };
    } catch (error) {
      if (signal?.aborted === true) this.#flights.passOn(id);
      else this.#flights.crash(id, error);
      throw error;
    } finally {
      this.#asking.delete(id);
    }
  }

  #ownClaim({ map, key }: WantedKey, held: HeldClaim | undefined): Claim {
    const id = rowId(map, key);
    const { insert, codesOf } = this.#place;
    return openClaim({
      map,
      key,
      held,
      store: (value) => insert(map, key, value),
      here: {
        land: (value) => this.#flights.land(id, { value, codes: codesOf(map), code: "same" }),
        crash: (error) => this.#flights.crash(id, error),
        passOn: () => this.#flights.passOn(id),
      },
    });
  }

  /** What is computed here, and not by a job. */
  *#ownKeys(): Generator<RowName> {
    for (const id of this.#flights.ids()) {
      const { map, key } = rowOf(id);
      if (!this.#lent.has(id)) yield [map, key];
    }
  }

  #lentClaim({ map, key, code }: WantedKey, held: HeldClaim | undefined, over: () => void): LentClaim {
    const id = rowId(map, key);
    const claim = new LentClaim({
      isRowHere: () => this.#place.finder.find(map, key, code) !== undefined,
      wake: () => this.#flights.wake(id),
      over: (end) => {
        this.#lent.delete(id);
        this.#overtaken.delete(id);
        if (end === undefined) {
          held?.release();
          this.#flights.reopen(id);
        } else {
          held?.fail(end.error);
          this.#flights.crash(id, end.error);
        }
        over();
      },
    });
    this.#lent.set(id, claim);
    return claim;
  }
}
