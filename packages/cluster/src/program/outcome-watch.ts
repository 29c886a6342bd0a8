/**
 * Looks into the directories of jobs: when the program's bell has rung, and else seldom, because each look is a request or two to
 * the file server for each of them, and a program may wait for many jobs and for weeks.
 */
import { steadyNowMs } from "@hyperion-ts/bounds";
import { bellOf, lastRing } from "../directory/bell.ts";
import type { JobDirectory } from "../directory/job-directory.ts";
import type { LastWord } from "../directory/outcome.ts";

/** Between two looks at the bell. */
const BELL_INTERVAL_MS = 1_000;
/** Directories are looked at without a ring after so long. */
const QUIET_MS = 15_000;
/** And no bell is looked at before, where links tell of all jobs. */
const LINKED_MS = 30_000;

/** A directory that is looked at. */
export interface WatchedDirectory extends Disposable {
  /**
   * Resolves with the last word of this submission when it is there. An interruption is none, as Slurm may start the job again.
   * Rejects where somebody else may have written there, or it is damaged.
   */
  readonly outcome: Promise<LastWord>;
  /** Set to true while a link tells of the job, so that looks may be more seldom; to false when it is lost: then one follows soon. */
  byLink: boolean;
}

/** Who wants to know of a directory. */
interface Watcher {
  readonly directory: JobDirectory;
  readonly submission: number;
  readonly looked: () => void;
  readonly found: PromiseWithResolvers<LastWord>;
  /** Why the last look was none. */
  trouble: string | undefined;
  byLink: boolean;
}

/** One timer for all directories. */
export class OutcomeWatch implements Disposable {
  readonly #watchers = new Set<Watcher>();
  readonly #tell: (sentence: string) => void;
  #timer: NodeJS.Timeout | undefined;
  #heard = "";
  #lookedAtMs = Number.NEGATIVE_INFINITY;

  /** `tell` says something to the person. */
  constructor(tell: (sentence: string) => void) {
    this.#tell = tell;
  }

  /** Looks for the outcome of `submission`, now and then; `looked` is called with each look. */
  watch(directory: JobDirectory, submission: number, looked: () => void): WatchedDirectory {
    const found = Promise.withResolvers<LastWord>();
    found.promise.catch(() => undefined);
    const watcher = { directory, submission, looked, found, trouble: undefined, byLink: false };
    this.#watchers.add(watcher);
    this.#timer ??= setInterval(() => this.#listen(bellOf(directory.path)), BELL_INTERVAL_MS);
    this.#lookedAtMs = Number.NEGATIVE_INFINITY;
    const changed = (byLink: boolean): void => {
      watcher.byLink = byLink;
      if (!byLink) this.#lookedAtMs = Number.NEGATIVE_INFINITY;
    };
    return {
      outcome: found.promise,
      get byLink() {
        return watcher.byLink;
      },
      set byLink(byLink) {
        changed(byLink);
      },
      [Symbol.dispose]: () => this.#forget(watcher),
    };
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    this.#watchers.clear();
  }

  #listen(bell: string): void {
    const nowMs = steadyNowMs();
    const isTold = [...this.#watchers].every(({ byLink }) => byLink);
    if (isTold && nowMs < this.#lookedAtMs + LINKED_MS) return;
    const heard = lastRing(bell);
    if (heard === this.#heard && nowMs < this.#lookedAtMs + QUIET_MS) return;
    this.#heard = heard;
    this.#lookedAtMs = nowMs;
    this.#look();
  }

  #look(): void {
    for (const watcher of this.#watchers) {
      try {
        const signed = watcher.directory.outcome();
        watcher.looked();
        watcher.trouble = undefined;
        if (signed?.submission === watcher.submission && signed.outcome.kind !== "interrupted")
          watcher.found.resolve(signed.outcome);
      } catch (error) {
        this.#failed(watcher, error);
      }
    }
  }

  /** A file server that does not answer for a while says nothing about the job. */
  #failed(watcher: Watcher, error: unknown): void {
    if (!isFileSystemError(error)) return watcher.found.reject(error);
    const trouble = error.message;
    if (trouble !== watcher.trouble)
      this.#tell(`${watcher.directory.path} can't be read, and is looked at again and again: ${trouble}`);
    watcher.trouble = trouble;
  }

  #forget(watcher: Watcher): void {
    this.#watchers.delete(watcher);
    if (this.#watchers.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}

const isFileSystemError = (error: unknown): error is Error =>
  error instanceof Error && "syscall" in error && "errno" in error;
