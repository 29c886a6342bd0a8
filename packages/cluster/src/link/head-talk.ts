/** The program's side of the link to one head: it says what the program has, takes rows in, and passes on what the head tells. */
import type { Readable, Writable } from "node:stream";
import type { Answer, Question } from "@hyperion-ts/control";
import type { ClaimChannel, ClaimSession, RowExchange } from "@hyperion-ts/results";
import type { CallsOfHead } from "../directory/job-record.ts";
import { decodeOutcome, type SignedOutcome } from "../directory/outcome.ts";
import { fromHead, type FromHead, type FromProgram, LINK_VERSION } from "./link-messages.ts";
import { LinkStream } from "./link-stream.ts";

/** Whose head it has to be, and where its rows go. */
export interface LinkedJob {
  /** The id of the job directory. */
  readonly id: string;
  /** The number of the submission, from 1 on. */
  readonly submission: number;
  readonly exchange: RowExchange;
  /** The arbiter of its calls. */
  readonly claims: ClaimSession;
}

/** Who hears what the head tells. */
export interface HeadListener {
  counted(calls: CallsOfHead): void;
  /** It has ended; the link ends with that. */
  ended(outcome: SignedOutcome): void;
}

/** A conversation with a head. */
export class HeadTalk {
  /** Resolves when the right head has greeted; rejects where the link ends before, with the reason. */
  readonly attached: Promise<void>;
  /** Resolves with the reason when the link has ended. */
  readonly ended: Promise<string>;
  readonly #job: LinkedJob;
  readonly #listener: HeadListener;
  readonly #stream: LinkStream;
  readonly #attached = Promise.withResolvers<void>();
  /** Questions that the head has not answered. */
  readonly #asked = new Map<number, PromiseWithResolvers<Answer>>();
  #questions = 0;
  #claims: ClaimChannel | undefined;

  constructor(input: Readable, output: Writable, job: LinkedJob, listener: HeadListener) {
    this.#job = job;
    this.#listener = listener;
    this.#stream = new LinkStream(
      { input, output, greets: false },
      { heard: (message) => this.#heard(fromHead(message)) },
    );
    this.attached = this.#attached.promise;
    this.ended = this.#stream.ended;
    this.attached.catch(() => undefined);
    void this.ended.then((reason) => {
      this.#attached.reject(new Error(reason));
      for (const asked of this.#asked.values()) asked.reject(new Error(`The link to the head has ended: ${reason}`));
    });
  }

  /** Tells the head that nobody wants the job any more, for which `reason`. */
  abort(reason: string): void {
    this.#send({ type: "abort", reason });
  }

  /** Asks the head's own control interface. Rejects where the link ends before it has answered. */
  async ask({ method = "GET", path, wantsText = false }: Question): Promise<Answer> {
    const number = (this.#questions += 1);
    const asked = Promise.withResolvers<Answer>();
    this.#asked.set(number, asked);
    this.#send({ type: "ask", number, method, path, wantsText });
    return await asked.promise.finally(() => this.#asked.delete(number));
  }

  /** Ends the link; the job goes on. */
  end(reason: string): void {
    this.#stream.end(reason);
  }

  #heard(message: FromHead): void {
    switch (message.type) {
      case "hello":
        return this.#attach(message);
      case "rows":
        return this.#take(message);
      case "counts":
        return this.#listener.counted(message.calls);
      case "outcome": {
        const outcome = decodeOutcome(message.bytes, this.#job.id);
        if (outcome !== undefined) this.#listener.ended(outcome);
        return this.end("the job has ended");
      }
      case "answer": {
        const { number, status, isText, body } = message;
        return this.#asked.get(number)?.resolve({ status, isText, body });
      }
      case "claims":
        return this.#claims?.receive(message.messages);
      default:
        message satisfies never;
    }
  }

  #attach({ version, id, submission }: Extract<FromHead, { type: "hello" }>): void {
    const { exchange, claims, id: ownId, submission: own } = this.#job;
    if (version !== LINK_VERSION)
      throw new Error(`the head speaks version ${version} of the link, and this program version ${LINK_VERSION}`);
    if (id !== ownId || submission !== own) throw new Error(`it is the head of submission ${submission} of ${id}`);
    const message: FromProgram = { type: "attach", version, id, positions: exchange.positionsOf(id) };
    this.#stream.post(message);
    const channel = claims.connect((messages) => this.#stream.post({ type: "claims", messages }));
    this.#claims = channel;
    void this.ended.then(() => channel[Symbol.dispose]());
    this.#attached.resolve();
  }

  /** The head sends the next ones when these are on the disk. */
  #take({ number, batch }: Extract<FromHead, { type: "rows" }>): void {
    this.#job.exchange.take(batch, { id: this.#job.id }).then(
      () => this.#send({ type: "taken", number }),
      (error: unknown) => this.end(`its rows could not be taken in: ${String(error)}`),
    );
  }

  #send(message: FromProgram): void {
    this.#stream.send(message);
  }
}
