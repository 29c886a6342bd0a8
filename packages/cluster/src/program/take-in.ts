/** Takes what jobs have computed into the program's database: while they run, and when they have ended. */
import { pause, steadyNowMs } from "@hyperion-ts/bounds";
import type { ResultsDatabase } from "@hyperion-ts/job";
import type { JobDirectory } from "../directory/job-directory.ts";
import { writtenAtMs } from "../directory/own-bytes.ts";

/** Each time reads the job's whole database: that may cost a twentieth of the time between. */
const LEAST_PAUSE_MS = 10_000;
const COST_FACTOR = 20;

/** So long may a network file system hide a file that another host has made. */
const UNSEEN_MS = 60_000;
const LOOK_INTERVAL_MS = 500;

interface Taken {
  readonly writtenAtMs: number | undefined;
  /** On the steady clock: not before. */
  readonly nextMs: number;
}

/** One directory after another, so that a program with a thousand jobs reads one file at a time. */
export class TakeIn implements AsyncDisposable {
  readonly #results: ResultsDatabase;
  readonly #taken = new WeakMap<JobDirectory, Taken>();
  #last: Promise<unknown> = Promise.resolve();
  #disposed = false;

  constructor(results: ResultsDatabase) {
    this.#results = results;
  }

  /**
   * Takes in what is new in a directory. A head that has begun has a database: where a network file system does not show it yet,
   * it is waited for.
   *
   * @throws ResultsError where its database, or the program's, can't be used
   */
  async now(directory: JobDirectory): Promise<void> {
    const untilMs = steadyNowMs() + UNSEEN_MS;
    while (directory.head() !== undefined && writtenAtMs(directory.database) === undefined && steadyNowMs() < untilMs)
      await pause(LOOK_INTERVAL_MS);
    await this.#next(directory);
  }

  /** Takes in what is there by now. What fails is told when the directory's call is made. */
  async present(directory: JobDirectory): Promise<void> {
    await this.#next(directory).catch(() => undefined);
  }

  /** Takes in what is new, if there can be something and it is time for it. A failure waits for the job's end. */
  later(directory: JobDirectory): void {
    const taken = this.#taken.get(directory);
    if (this.#disposed || (taken !== undefined && steadyNowMs() < taken.nextMs)) return;
    const written = writtenAtMs(`${directory.database}-wal`) ?? writtenAtMs(directory.database);
    this.#taken.set(directory, { writtenAtMs: written, nextMs: steadyNowMs() + LEAST_PAUSE_MS });
    if (written === undefined || written === taken?.writtenAtMs) return;
    void this.now(directory).catch(() => undefined);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposed = true;
    await this.#last;
  }

  async #next(directory: JobDirectory): Promise<void> {
    const next = this.#last.then(() => this.#take(directory));
    this.#last = next.catch(() => undefined);
    await next;
  }

  async #take(directory: JobDirectory): Promise<void> {
    const begunMs = steadyNowMs();
    if (writtenAtMs(directory.database) === undefined) return;
    await this.#results.takeIn(directory.database, { id: directory.job.id });
    const { writtenAtMs: written } = this.#taken.get(directory) ?? { writtenAtMs: undefined };
    const costMs = steadyNowMs() - begunMs;
    const pauseMs = Math.max(LEAST_PAUSE_MS, costMs * COST_FACTOR);
    this.#taken.set(directory, { writtenAtMs: written, nextMs: steadyNowMs() + pauseMs });
  }
}
