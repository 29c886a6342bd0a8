/** One job under watch: what is known of it, and who wants to hear when that changes. */
import { steadyNowMs } from "@hyperion-ts/bounds";
import type { SlurmJobId } from "@hyperion-ts/slurm-env";
import type { JobEnd } from "./job-end-kinds.ts";
import { type JobSight, looksDifferent, type SeenJob, type SeenNow, takeIn, unseen } from "./job-sight.ts";

/** What is known of a job. */
export type JobView =
  /** No answer of Slurm's has had it yet. */
  | { readonly kind: "not-seen" }
  | SeenJob
  /** It will run no more; Slurm is not asked about it again. */
  | { readonly kind: "ended"; readonly end: JobEnd };

/** A job under watch. Disposing of it ends the watching, not the job. */
export interface WatchedJob extends Disposable {
  readonly jobId: SlurmJobId;
  readonly name: string;
  readonly view: JobView;
  /** How old `view` is: the time since Slurm told it or said the same again, in milliseconds; of an end 0. */
  readonly ageMs: number;
  /** Set to true while something better than Slurm tells of the job (a link to it); to false when that is lost. */
  byLink: boolean;
  /** Calls `listener` with each change of `view` from now on, until what it returns is disposed of. */
  onChange(listener: (job: WatchedJob) => void): Disposable;
}

/** What a job asks of its watch. */
export interface Watcher {
  forget(job: WatchedSlurmJob): void;
  linkChanged(job: WatchedSlurmJob): void;
}

/** The watch's own side of a job. */
export class WatchedSlurmJob implements WatchedJob {
  readonly jobId: SlurmJobId;
  readonly name: string;
  readonly #watcher: Watcher;
  readonly #listeners = new Set<(job: WatchedJob) => void>();
  #sight: JobSight = unseen;
  #end: JobEnd | undefined;
  #toldAtMs = steadyNowMs();
  #byLink = false;
  #disposed = false;

  constructor(jobId: SlurmJobId, name: string, watcher: Watcher) {
    this.jobId = jobId;
    this.name = name;
    this.#watcher = watcher;
  }

  get view(): JobView {
    if (this.#end !== undefined) return { kind: "ended", end: this.#end };
    return this.#sight.seen ?? { kind: "not-seen" };
  }

  get ageMs(): number {
    return this.#end === undefined ? steadyNowMs() - this.#toldAtMs : 0;
  }

  get byLink(): boolean {
    return this.#byLink;
  }

  set byLink(byLink: boolean) {
    if (byLink === this.#byLink) return;
    this.#byLink = byLink;
    this.#watcher.linkChanged(this);
  }

  get sight(): JobSight {
    return this.#sight;
  }

  /** Whether Slurm is to be asked for its sake. */
  get needsLooks(): boolean {
    return !this.#disposed && !this.#byLink && this.#end === undefined;
  }

  /** What an answer says of it; undefined where it is not in the answer. */
  takeIn(now: SeenNow | undefined, nowMs: number): void {
    if (this.#disposed || this.#end !== undefined || (now === undefined && this.#byLink)) return;
    const before = this.#sight.seen;
    this.#sight = takeIn(this.#sight, now, nowMs);
    if (now !== undefined) this.#toldAtMs = nowMs;
    // How it ended is told when that is known.
    if (this.#sight.seen?.phase.kind !== "ended" && looksDifferent(before, this.#sight.seen)) this.#tellAll();
  }

  /** What is known when its end was asked for: that, or that it goes on. */
  takeInEnd(end: JobEnd, nowMs: number): void {
    if (this.#disposed) return;
    if (end.hasEnded) {
      this.#end = end;
      this.#tellAll();
    } else if (end.toldBy === "scontrol" && end.state !== undefined) {
      const { state, reason = "", nodes, startTimeMs, restarts } = end;
      const { partition = "" } = this.#sight.seen ?? {};
      this.takeIn(
        { state, reason, nodes, startTimeMs, restarts, partition, batchHost: undefined, submitTimeMs: undefined },
        nowMs,
      );
    }
  }

  onChange(listener: (job: WatchedJob) => void): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  }

  [Symbol.dispose](): void {
    this.#disposed = true;
    this.#listeners.clear();
    this.#watcher.forget(this);
  }

  #tellAll(): void {
    for (const listener of this.#listeners) tell(listener, this);
  }
}

/** Tells a listener; what it throws is its own affair: uncaught, but the watching goes on. */
export function tell<A>(listener: (what: A) => void, what: A): void {
  try {
    listener(what);
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}
