/** The program's end of the talk with one job's database (claim-messages.ts): whose claims are among the program's own. */
import type { ClaimChannel, ClaimSession, ClaimSessionOptions, ErrorCodec, SendMessages } from "./arbiter.ts";
import { readToArbiter, type FromArbiter, type ToArbiter } from "./claim-messages.ts";
import type { LendOptions, LentAnswer, WantedKey } from "./lending.ts";
import type { LentClaim } from "./lent-claim.ts";
import { MessageBatch } from "./message-batch.ts";
import type { FoundValue } from "./row-finder.ts";
import type { Asker, SoleJob } from "./sole-job.ts";

/** The program's database, as far as jobs may ask it. Throws where it can't say. */
interface Lender {
  readonly lend: (wanted: WantedKey, options: LendOptions) => LentAnswer | Promise<LentAnswer>;
  readonly lendUnasked: (wanted: WantedKey, over: () => void) => LentClaim | undefined;
  readonly find: (map: string, key: string) => FoundValue | undefined;
  readonly soleJob: SoleJob;
}

type Message<Type> = Extract<ToArbiter, { readonly type: Type }>;

/** A session of an open database. Ids are those of the job. */
export class DatabaseClaimSession implements ClaimSession, Asker {
  readonly source: string | undefined;
  readonly #errors: ErrorCodec;
  readonly #waitsForOwn: boolean;
  readonly #lender: Lender;
  readonly #claims = new Map<number, LentClaim>();
  readonly #waiting = new Map<number, AbortController>();
  #asker: string | undefined;
  #batch: MessageBatch<FromArbiter> | undefined;

  constructor({ errors, waitsForOwn = true, source }: ClaimSessionOptions, lender: Lender) {
    this.source = source;
    this.#errors = errors;
    this.#waitsForOwn = waitsForOwn;
    this.#lender = lender;
  }

  connect(send: SendMessages): ClaimChannel {
    this.#cut();
    const batch = new MessageBatch<FromArbiter>(send);
    this.#batch = batch;
    return {
      receive: (messages) => {
        for (const message of readToArbiter(messages)) if (this.#batch === batch) this.#hear(message);
      },
      [Symbol.dispose]: () => {
        if (this.#batch === batch) this.#cut();
      },
    };
  }

  release(): void {
    this.#releaseClaims();
    this.#lender.soleJob.released(this);
  }

  say(message: FromArbiter): void {
    this.#batch?.add(message);
  }

  [Symbol.dispose](): void {
    this.#cut();
    this.#releaseClaims();
    this.#lender.soleJob.left(this);
  }

  #hear(message: ToArbiter): void {
    const { soleJob } = this.#lender;
    switch (message.type) {
      case "begin":
        if (this.#asker !== message.asker) this.#releaseClaims();
        this.#asker = message.asker;
        return soleJob.begun(this);
      case "read":
        return soleJob.read(this, message);
      case "all":
        return soleJob.toldAll(this, message);
      case "ask":
        this.#ask(message);
        return soleJob.asked(this);
      case "hold":
        return this.#hold(message);
      case "end":
        return this.#end(message);
      case "look":
        return this.#look(message);
      default:
        return message satisfies never;
    }
  }

  #ask({ id, map, key, code }: Message<"ask">): void {
    const waiting = new AbortController();
    this.#waiting.set(id, waiting);
    const wanted = { map, key, code, signal: waiting.signal };
    const answered = (answer: LentAnswer): void => this.#answer(id, waiting.signal, answer);
    const refused = (): void => {
      if (this.#waiting.delete(id)) this.say({ type: "alone", id });
    };
    try {
      const answer = this.#lender.lend(wanted, {
        waitsForOwn: this.#waitsForOwn,
        asker: this,
        over: () => this.#claims.delete(id),
      });
      if (answer instanceof Promise) answer.then(answered, refused);
      else answered(answer);
    } catch {
      refused();
    }
  }

  #answer(id: number, { aborted }: AbortSignal, answer: LentAnswer): void {
    // It may have been withdrawn while the answer was on its way here.
    if (aborted) return answer.kind === "lent" ? answer.claim.release() : undefined;
    this.#waiting.delete(id);
    switch (answer.kind) {
      case "lent":
        this.#claims.set(id, answer.claim);
        return this.say({ type: "yours", id });
      case "alone":
        return this.say({ type: "alone", id });
      case "failed":
        return this.say({ type: "failed", id, error: this.#errors.toData(answer.error) });
      case "remembered":
      case "shared":
        return this.#found(id, answer);
      default:
        return answer satisfies never;
    }
  }

  #hold({ id, map, key, code }: Message<"hold">): void {
    if (this.#claims.has(id)) return;
    const claim = this.#lender.lendUnasked({ map, key, code, signal: undefined }, () => this.#claims.delete(id));
    if (claim !== undefined) this.#claims.set(id, claim);
  }

  #end(end: Message<"end">): void {
    this.say({ type: "noted", id: end.id });
    this.#waiting.get(end.id)?.abort();
    this.#waiting.delete(end.id);
    const claim = this.#claims.get(end.id);
    if (end.how === "stored") claim?.stored();
    else if (end.how === "failed") claim?.fail(this.#errors.fromData(end.error));
    else claim?.release();
  }

  #look({ id, map, key }: Message<"look">): void {
    try {
      const found = this.#lender.find(map, key);
      if (found === undefined) this.say({ type: "none", id });
      else this.#found(id, found);
    } catch {
      this.say({ type: "alone", id });
    }
  }

  #found(id: number, { value, codes }: FoundValue): void {
    this.say({ type: "found", id, value, codes: Object.fromEntries(codes) });
  }

  #releaseClaims(): void {
    for (const claim of this.#claims.values()) claim.release();
  }

  #cut(): void {
    this.#batch?.[Symbol.dispose]();
    this.#batch = undefined;
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const each of waiting) each.abort();
  }
}
