/**
 * A job's end of the talk with its arbiter, the program's database (claim-messages.ts). It remembers what it has asked, what it holds,
 * and which ends were not noted: that is all that a new channel needs to go on where the last one was cut.
 */
import { randomUUID } from "node:crypto";
import { after, type Timer } from "@hyperion-ts/bounds";
import type { ArbiterAnswer, ClaimChannel, ErrorCodec, HeldClaim, RemoteArbiter, SendMessages } from "./arbiter.ts";
import { readFromArbiter, type ClaimEnd, type FromArbiter, type ToArbiter } from "./claim-messages.ts";
import { MessageBatch } from "./message-batch.ts";
import { onAbort } from "./on-abort.ts";
import type { ClaimOptions } from "./results-store.ts";
import type { FoundValue } from "./row-finder.ts";

export type { ClaimChannel, ErrorCodec, RemoteArbiter, SendMessages } from "./arbiter.ts";

/** An arbiter that is not reachable before `connect`, or `expect`, is called. `errors` carries what functions throw. */
export const remoteArbiter = (errors: ErrorCodec): RemoteArbiter => new ChannelArbiter(errors);

type Answer = Exclude<FromArbiter, { readonly type: "noted" }>;

/** A claim under way here. */
interface HeldKey {
  readonly map: string;
  readonly key: string;
  readonly code: "any" | "same";
  /** Whether the arbiter may know of it, by a channel of now or earlier. */
  readonly isTold: boolean;
}

class ChannelArbiter implements RemoteArbiter {
  readonly #errors: ErrorCodec;
  /** Tells this process from an earlier one of the same job. */
  readonly #asker = randomUUID();
  /** Questions without an answer. A cut is the answer "alone" to all. */
  readonly #questions = new Map<number, OpenQuestion>();
  readonly #held = new Map<number, HeldKey>();
  readonly #unnoted = new Map<number, ClaimEnd>();
  #lastId = 0;
  #batch: MessageBatch<ToArbiter> | undefined;
  /** Runs while the first channel is waited for. */
  #expected: Timer | undefined;

  constructor(errors: ErrorCodec) {
    this.#errors = errors;
  }

  isReachable(): boolean {
    return this.#batch !== undefined || this.#expected !== undefined;
  }

  expect(ms: number): void {
    this.#expected?.[Symbol.dispose]();
    if (this.#batch === undefined) this.#expected = after(ms, () => this.#cut()).unref();
  }

  connect(send: SendMessages): ClaimChannel {
    if (this.#batch !== undefined) this.#cut();
    this.#expected?.[Symbol.dispose]();
    this.#expected = undefined;
    const batch = new MessageBatch<ToArbiter>(send);
    this.#batch = batch;
    batch.add({ type: "begin", asker: this.#asker });
    for (const [id, held] of this.#held) this.#tell(id, held);
    for (const [id, end] of this.#unnoted) batch.add({ type: "end", id, ...end });
    for (const { question } of this.#questions.values()) batch.add(question);
    return {
      receive: (messages) => {
        for (const message of readFromArbiter(messages)) if (this.#batch === batch) this.#hear(message);
      },
      [Symbol.dispose]: () => {
        if (this.#batch === batch) this.#cut();
      },
    };
  }

  claim(map: string, key: string, { signal, code = "any" }: ClaimOptions): Promise<ArbiterAnswer> {
    const id = this.#newId();
    return this.#ask<ArbiterAnswer>({ type: "ask", id, map, key, code }, signal, {
      withdrawn: () => this.#ended(id, { how: "released" }),
      answered: (answer) => {
        if (answer.type === "failed") throw this.#errors.fromData(answer.error);
        if (answer.type === "found") return { kind: "found", found: foundIn(answer) };
        return { kind: "compute", held: this.#hold(id, { map, key, code, isTold: true }) };
      },
    });
  }

  hold(map: string, key: string, code: "any" | "same"): HeldClaim {
    const id = this.#newId();
    const held = { map, key, code, isTold: false };
    const claim = this.#hold(id, held);
    this.#tell(id, held);
    return claim;
  }

  lookup(map: string, key: string, signal?: AbortSignal): Promise<FoundValue | undefined> {
    return this.#ask<FoundValue | undefined>({ type: "look", id: this.#newId(), map, key }, signal, {
      withdrawn: () => undefined,
      answered: (answer) => (answer.type === "found" ? foundIn(answer) : undefined),
    });
  }

  #newId(): number {
    this.#lastId += 1;
    return this.#lastId;
  }

  #ask<A>(question: Question, signal: AbortSignal | undefined, { withdrawn, answered }: Listener<A>): Promise<A> {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      if (!this.isReachable()) return resolve(answered({ type: "alone", id: question.id }));
      const stopListening = onAbort(signal, () => {
        if (!this.#questions.delete(question.id)) return;
        withdrawn();
        reject(signal?.reason);
      });
      this.#questions.set(question.id, {
        question,
        answered: (answer) => {
          stopListening();
          try {
            resolve(answered(answer));
          } catch (error) {
            reject(error);
          }
        },
      });
      this.#batch?.add(question);
    });
  }

  #hear(message: FromArbiter): void {
    if (message.type === "noted") return void this.#unnoted.delete(message.id);
    // None where it was withdrawn meanwhile.
    const open = this.#questions.get(message.id);
    this.#questions.delete(message.id);
    open?.answered(message);
  }

  #hold(id: number, held: HeldKey): HeldClaim {
    this.#held.set(id, held);
    const end = (how: ClaimEnd): void => {
      const wasTold = this.#held.get(id)?.isTold;
      if (this.#held.delete(id) && wasTold === true) this.#ended(id, how);
    };
    return {
      stored: () => end({ how: "stored" }),
      fail: (error) => end({ how: "failed", error: this.#errors.toData(error) }),
      release: () => end({ how: "released" }),
    };
  }

  #tell(id: number, { map, key, code }: HeldKey): void {
    if (this.#batch === undefined) return;
    this.#held.set(id, { map, key, code, isTold: true });
    this.#batch.add({ type: "hold", id, map, key, code });
  }

  #ended(id: number, end: ClaimEnd): void {
    this.#unnoted.set(id, end);
    this.#batch?.add({ type: "end", id, ...end });
  }

  #cut(): void {
    this.#batch?.[Symbol.dispose]();
    this.#batch = undefined;
    this.#expected?.[Symbol.dispose]();
    this.#expected = undefined;
    const questions = [...this.#questions];
    this.#questions.clear();
    for (const [id, { answered }] of questions) answered({ type: "alone", id });
  }
}

type Question = Extract<ToArbiter, { readonly type: "ask" | "look" }>;

interface OpenQuestion {
  readonly question: Question;
  readonly answered: (answer: Answer) => void;
}

/** Who hears what becomes of a question: one of both, once. */
interface Listener<A> {
  /** The asker's signal was aborted. */
  readonly withdrawn: () => void;
  /** What an answer means; what it throws, the asker gets. */
  readonly answered: (answer: Answer) => A;
}

const foundIn = ({ value, codes }: Extract<Answer, { readonly type: "found" }>): FoundValue => ({
  value,
  codes: new Map(Object.entries(codes)),
});
