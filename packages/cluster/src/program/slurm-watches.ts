/** Who looks at a program's jobs in Slurm: one for each cluster that jobs were submitted to. */
import type { RunEvent, RunEvents } from "@hyperion-ts/job";
import { askOn } from "../slurm/chosen-cluster.ts";
import { SlurmWatch, type WatchNotice } from "../slurm/slurm-watch.ts";

/** All of them; disposing of it stops looking. */
export class SlurmWatches implements AsyncDisposable {
  readonly #events: RunEvents;
  readonly #longestPauseMs: number | undefined;
  readonly #watches = new Map<string | undefined, SlurmWatch>();

  /** `longestPauseMs`: between two questions to Slurm. */
  constructor(events: RunEvents, longestPauseMs: number | undefined) {
    this.#events = events;
    this.#longestPauseMs = longestPauseMs;
  }

  /** That of a cluster; undefined: of the machine's own. */
  on(cluster: string | undefined): SlurmWatch {
    const known = this.#watches.get(cluster);
    if (known !== undefined) return known;
    const watch = new SlurmWatch({
      ...(this.#longestPauseMs === undefined ? {} : { longestMs: this.#longestPauseMs }),
      onNotice: (notice) => this.#events.emit(eventOf(notice)),
      ask: askOn(cluster),
    });
    this.#watches.set(cluster, watch);
    return watch;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const watch of this.#watches.values()) await watch[Symbol.asyncDispose]();
  }
}

const eventOf = (notice: WatchNotice): RunEvent =>
  notice.kind === "no-answer"
    ? { type: "slurm-silent", message: notice.message }
    : { type: "slurm-answers", afterMs: notice.afterMs };
