/** Looks into the directories of jobs that run, all at the same times. */
import type { JobDirectory } from "../directory/job-directory.ts";
import type { SignedOutcome } from "../directory/outcome.ts";

/** A look is a request or two to the file server for each job. */
const LOOK_INTERVAL_MS = 1_000;

/** A directory that is looked at. */
export interface WatchedDirectory extends Disposable {
  /** Resolves with the outcome of this submission when it is there; rejects where the directory can't be read. */
  readonly outcome: Promise<SignedOutcome>;
}

/** Who wants to know of a directory. */
interface Watcher {
  readonly directory: JobDirectory;
  readonly submission: number;
  readonly looked: () => void;
  readonly found: PromiseWithResolvers<SignedOutcome>;
}

/** One timer for all directories. */
export class OutcomeWatch implements Disposable {
  readonly #watchers = new Set<Watcher>();
  #timer: NodeJS.Timeout | undefined;

  /** Looks for the outcome of `submission`, now and then; `looked` is called with each look. */
  watch(directory: JobDirectory, submission: number, looked: () => void): WatchedDirectory {
    const found = Promise.withResolvers<SignedOutcome>();
    found.promise.catch(() => undefined);
    const watcher = { directory, submission, looked, found };
    this.#watchers.add(watcher);
    this.#timer ??= setInterval(() => this.#look(), LOOK_INTERVAL_MS);
    return { outcome: found.promise, [Symbol.dispose]: () => this.#forget(watcher) };
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    this.#watchers.clear();
  }

  #look(): void {
    for (const watcher of this.#watchers) {
      try {
        const outcome = watcher.directory.outcome();
        watcher.looked();
        if (outcome?.submission === watcher.submission) watcher.found.resolve(outcome);
      } catch (error) {
        watcher.found.reject(error);
      }
    }
  }

  #forget(watcher: Watcher): void {
    this.#watchers.delete(watcher);
    if (this.#watchers.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
