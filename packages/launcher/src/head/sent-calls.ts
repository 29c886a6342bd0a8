/**
 * The calls that a worker has and has not answered, in order: whose answer one is, which of them a recall gave back,
 * and which of them was running when the worker died.
 */
import type { WorkerEnding } from "@hyperion-ts/wire";
import type { WorkerDeath } from "./worker-died-error.ts";
import type { Call, LostAs } from "./worker-launcher.ts";

/** The calls that one worker has, in the order in which they were sent. */
export class SentCalls {
  readonly #calls = new Map<number, Call>();
  /** A recall that is not answered yet: the ids of the calls that were sent before it. */
  #recall: (PromiseWithResolvers<void> & { readonly ids: readonly number[] }) | undefined;
  #lastId = 0;
  #answered = 0;

  /** How many there are. */
  get size(): number {
    return this.#calls.size;
  }

  /** Notes a call; returns the id that its answer will bear. */
  add(call: Call): number {
    const id = (this.#lastId = (this.#lastId + 1) >>> 0);
    this.#calls.set(id, call);
    return id;
  }

  /** The id of a call; undefined when the worker does not have it. */
  idOf(call: Call): number | undefined {
    for (const [id, known] of this.#calls) if (known === call) return id;
    return undefined;
  }

  /** The call that an answer is for; undefined when it is for none of ours. */
  answered(id: number): Call | undefined {
    const call = this.#calls.get(id);
    if (call === undefined) return undefined;
    this.#calls.delete(id);
    this.#answered += 1;
    return call;
  }

  /** The recall that is under way. It does not cover calls that were sent since. */
  get recalling(): Promise<void> | undefined {
    return this.#recall?.promise;
  }

  /** Begins a recall of all calls; resolves when it is answered, or there is nobody left to answer. */
  recall(): Promise<void> {
    this.#recall = { ...Promise.withResolvers<void>(), ids: [...this.#calls.keys()] };
    return this.#recall.promise;
  }

  /** The recall is answered: of the calls that were sent before it the last `unbegun` had not begun. */
  recalled(unbegun: number): void {
    const recall = this.#recall;
    this.#recall = undefined;
    if (recall === undefined) return;
    for (const id of recall.ids.slice(recall.ids.length - unbegun)) {
      const call = this.#calls.get(id);
      this.#calls.delete(id);
      call?.returned();
    }
    recall.resolve();
  }

  /**
   * The worker has ended, and `cause` is what it said of that. It began `begunInAll` calls in its life; where that is not
   * known, the first in line, if any, was running.
   */
  lost(death: WorkerDeath, begunInAll: number | undefined, cause: WorkerEnding["cause"] = "unknown"): void {
    const calls = [...this.#calls.values()];
    this.#calls.clear();
    // Calls that had begun before the one that was running have lost their answers only.
    const running = begunInAll === undefined ? 0 : begunInAll - this.#answered - 1;
    this.#recall?.resolve();
    // The first call of a worker was struck by no other one.
    const struck = (begunInAll ?? 0) > 1 && (cause === "answered" || cause === "worker");
    for (const [i, call] of calls.entries()) call.lost(death, lostAs(i - running, struck));
  }
}

/** `place`: where the call stood, counted from the one that ran. */
function lostAs(place: number, struck: boolean): LostAs {
  if (place === 0) return struck ? "struck" : "running";
  return place === 1 ? "next" : "behind";
}
