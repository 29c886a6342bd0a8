/**
 * A job's end of the talk with its arbiter, the program's database (claim-messages.ts). It remembers what it has asked, what it holds,
 * and which ends were not noted: that is all that a new channel needs to go on where the last one was cut.
 */
import { randomUUID } from "node:crypto";
import { after, type Timer } from "@hyperion-ts/bounds";
import type { ArbiterAnswer, ClaimChannel, ErrorCodec, HeldClaim, RemoteArbiter, SendMessages } from "./arbiter.ts";
import { readFromArbiter, type ClaimEnd, type FromArbiter, type ToArbiter } from "./claim-messages.ts";
import type { FilePosition } from "./file-position.ts";
import { HeldKey, type Holder, type KeyOfClaim } from "./held-key.ts";
import { MessageBatch } from "./message-batch.ts";
import { onAbort } from "./on-abort.ts";
import { OwnDecision } from "./own-decision.ts";
import type { ClaimOptions } from "./results-store.ts";
import type { FoundValue } from "./row-finder.ts";

export type { ClaimChannel, ErrorCodec, RemoteArbiter, SendMessages } from "./arbiter.ts";

/** An arbiter that is not reachable before `connect`, or `expect`, is called. `errors` carries what functions throw. */
export const remoteArbiter = (errors: ErrorCodec): RemoteArbiter => new ChannelArbiter(errors);

type Answer =
  | Exclude<FromArbiter, { readonly type: "noted" | "sole" | "several" | "elsewhere" }>
  /** It is for this database to decide, and the arbiter was not asked. */
  | { readonly type: "own"; readonly id: number };

class ChannelArbiter implements RemoteArbiter {
  readonly #errors: ErrorCodec;
  /** Tells this process from an earlier one of the same job. */
  readonly #asker = randomUUID();
  /** Questions without an answer. A cut is the answer "alone" to all. */
  readonly #questions = new Map<number, OpenQuestion>();
  readonly #held = new Map<number, HeldKey>();
  readonly #holder: Holder = {
    ended: ({ claimed: { id }, isTold }, end) => {
      if (this.#held.delete(id) && isTold) this.#ended(id, end());
    },
    errorData: (error) => this.#errors.toData(error),
  };
  readonly #unnoted = new Map<number, ClaimEnd>();
  readonly #decision = new OwnDecision();
  #position: (() => FilePosition | undefined) | undefined;
  #read: FilePosition | undefined;
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

  isToBeAsked(map: string, key: string): boolean {
    return this.isReachable() && !this.#decision.includes(map, key);
  }

  serves(position: () => FilePosition | undefined): void {
    this.#position = position;
    this.#sayAll();
  }

  hasRead(position: FilePosition): void {
    this.#read = position;
    this.#batch?.add({ type: "read", ...position });
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
    if (this.#read !== undefined) batch.add({ type: "read", ...this.#read });
    for (const held of this.#held.values()) this.#tell(held);
    for (const [id, end] of this.#unnoted) batch.add({ type: "end", id, ...end });
    this.#sayAll();
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
        return { kind: "compute", held: this.#hold({ id, map, key, code }, answer.type !== "own") };
      },
    });
  }

  hold(map: string, key: string, code: "any" | "same"): HeldClaim {
    const held = this.#hold({ id: this.#newId(), map, key, code }, false);
    if (!this.#decision.includes(map, key)) this.#tell(held);
    return held;
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
      if (this.#decision.isMade) this.#batch?.add(question);
    });
  }

  #hear(message: FromArbiter): void {
    switch (message.type) {
      case "noted":
        return void this.#unnoted.delete(message.id);
      case "sole":
      case "several":
        return this.#decided(message);
      case "elsewhere":
        return this.#decision.elsewhere(message.keys);
      default:
        return this.#answered(message);
    }
  }

  #answered(message: Answer): void {
    // None where it was withdrawn meanwhile.
    const open = this.#questions.get(message.id);
    this.#questions.delete(message.id);
    open?.answered(message);
  }

  /** What has waited for that is asked, or answered here. */
  #decided(message: Extract<FromArbiter, { readonly type: "sole" | "several" }>): void {
    const isFirst = !this.#decision.isMade;
    if (message.type === "sole") this.#decision.sole(message.keys);
    else if (this.#decision.several()) return this.#tellAll();
    if (!isFirst) return;
    for (const { question } of this.#questions.values())
      if (this.#decision.includes(question.map, question.key)) this.#answered({ type: "own", id: question.id });
      else this.#batch?.add(question);
  }

  /** The job was the sole one up to now. */
  #tellAll(): void {
    for (const held of this.#held.values()) if (!held.isTold) this.#tell(held);
    this.#sayAll();
  }

  /** A database that is closed says no more what it has: it is for the end of its job to do so. */
  #sayAll(): void {
    const position = this.#batch && this.#position?.();
    if (position !== undefined) this.#batch?.add({ type: "all", ...position });
  }

  #hold(key: KeyOfClaim, isTold: boolean): HeldKey {
    const held = new HeldKey(key, isTold, this.#holder);
    this.#held.set(key.id, held);
    return held;
  }

  #tell(held: HeldKey): void {
    if (this.#batch === undefined) return;
    held.isTold = true;
    this.#batch.add({ type: "hold", ...held.claimed });
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
    this.#decision.reset();
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
