/** Whether a worker comes up, and what is said of one that does not. */
import { LaunchError } from "../errors.ts";
import type { WorkerDeath } from "./worker-died-error.ts";
import { describeFailedStart } from "./worker-death.ts";

/** The start of one worker. */
export class WorkerStart {
  readonly #node: string;
  readonly #logFile: string;
  readonly #settled = Promise.withResolvers<void>();
  /** Why the worker is being ended before it was ready. */
  #givenUp: string | undefined;

  /** `node` and `logFile` are for messages. */
  constructor(node: string, logFile: string) {
    this.#node = node;
    this.#logFile = logFile;
    // The launch awaits this promise; when the worker dies later, nobody has to hear of it here.
    this.#settled.promise.catch(() => undefined);
  }

  /** Resolves when the worker takes calls, rejects with a `LaunchError` when it does not come up. */
  get ready(): Promise<void> {
    return this.#settled.promise;
  }

  /** The worker takes calls. */
  succeeded(): void {
    this.#settled.resolve();
  }

  /** The worker will be ended, because it is not ready: `why` says since when. */
  givenUp(why: string): void {
    this.#givenUp = why;
  }

  /** There is no worker. `full`: the limit that its start met, where that is why. */
  failed(why: string, full?: string): void {
    this.#settled.reject(
      new LaunchError(this.#node, `a worker on ${this.#node}: ${why}`, full === undefined ? {} : { full }),
    );
  }

  /** The worker has ended, at the `limit`, if it met one. */
  ended(death: WorkerDeath, limit: string | undefined): void {
    const why =
      this.#givenUp === undefined
        ? describeFailedStart(death, limit)
        : [this.#givenUp, ...(limit === undefined ? [] : [limit])].join(": ");
    this.failed(`${why} (log: ${this.#logFile})`, limit);
  }
}
