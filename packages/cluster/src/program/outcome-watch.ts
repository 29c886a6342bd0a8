/**
 * Looks into the directories of jobs: when the program's bell has rung, and else seldom, because each look is a request or two to
 * the file server for each of them, and a program may wait for many jobs and for weeks.
 */
import { steadyNowMs } from "@hyperion-ts/bounds";
import { bellOf, lastRing } from "../directory/bell.ts";
import type { JobDirectory } from "../directory/job-directory.ts";
import type { SignedOutcome } from "../directory/outcome.ts";

/** Between two looks at the bell. */
const BELL_INTERVAL_MS = 1_000;
/** Directories are looked at without a ring after so long. */
const QUIET_MS = 15_000;

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
  #heard = "";
  #lookedAtMs = Number.NEGATIVE_INFINITY;

  /** Looks for the outcome of `submission`, now and then; `looked` is called with each look. */
  watch(directory: JobDirectory, submission: number, looked: () => void): WatchedDirectory {
    const found = Promise.withResolvers<SignedOutcome>();
    found.promise.catch(() => undefined);
    const watcher = { directory, submission, looked, found };
    this.#watchers.add(watcher);
    this.#timer ??= setInterval(() => this.#listen(bellOf(directory.path)), BELL_INTERVAL_MS);
    this.#lookedAtMs = Number.NEGATIVE_INFINITY;
    return { outcome: found.promise, [Symbol.dispose]: () => this.#forget(watcher) };
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    this.#watchers.clear();
  }

  #listen(bell: string): void {
    const heard = lastRing(bell);
    const nowMs = steadyNowMs();
    if (heard === this.#heard && nowMs < this.#lookedAtMs + QUIET_MS) return;
    this.#heard = heard;
    this.#lookedAtMs = nowMs;
    this.#look();
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
