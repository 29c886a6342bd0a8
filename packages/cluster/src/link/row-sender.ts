/** Sends the rows of a job's database over a link, as they are committed, a few batches ahead of what the program has on its disk. */
import { after, type Timer } from "@hyperion-ts/bounds";
import type { RowBatch, RowExchange, RowFeed } from "@hyperion-ts/results";

/** So many batches may be under way: a slow program fills no memory, and a quick one need not wait for its own answer. */
const WINDOW = 3;
/** Rows are sent so often, at most: of short calls some hundred come together, and each frame wakes three processes. */
const REST_MS = 50;

/** Where rows go. */
export interface RowReceiver {
  /** Sends a batch; `number` counts them, from 1 on. */
  readonly send: (number: number, batch: RowBatch) => void;
  /** The rows can't be read. */
  readonly failed: (error: unknown) => void;
}

/** Disposing of it ends the sending. */
export class RowSender implements Disposable {
  readonly #receiver: RowReceiver;
  readonly #feed: RowFeed;
  #sent = 0;
  #taken = 0;
  #next: NodeJS.Immediate | undefined;
  #resting: Timer | undefined;

  /** Sends what is behind `positions`. Throws a ResultsError where the rows can't be read. */
  constructor(exchange: RowExchange, positions: ReadonlyMap<string, bigint>, receiver: RowReceiver) {
    this.#receiver = receiver;
    this.#feed = exchange.feed(positions, () => this.#soon());
    this.#soon();
  }

  /** The program has the rows up to this number. */
  taken(number: number): void {
    this.#taken = Math.max(this.#taken, Math.min(number, this.#sent));
    this.#soon();
  }

  [Symbol.dispose](): void {
    clearImmediate(this.#next);
    this.#resting?.[Symbol.dispose]();
    this.#feed[Symbol.dispose]();
  }

  /** Not within the COMMIT that has brought rows: whoever waits for that comes first. */
  #soon(): void {
    if (this.#resting !== undefined) return;
    this.#next ??= setImmediate(() => {
      this.#next = undefined;
      this.#pump();
    });
  }

  #pump(): void {
    try {
      while (this.#sent - this.#taken < WINDOW) {
        const batch = this.#feed.next();
        if (batch === undefined) return;
        this.#sent += 1;
        this.#receiver.send(this.#sent, batch);
        this.#resting ??= after(REST_MS, () => {
          this.#resting = undefined;
          this.#soon();
        });
      }
    } catch (error) {
      this[Symbol.dispose]();
      this.#receiver.failed(error);
    }
  }
}
