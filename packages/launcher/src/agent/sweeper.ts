/**
 * Ends what workers leave behind: children that made sessions of their own, so that they did not end with the worker's process group.
 * To look for them costs milliseconds, so many workers that end together share one look, and it has at most a tenth of the agent's time.
 */
import { after } from "@hyperion-ts/bounds/timer";
import { endMarked, killMarked } from "@hyperion-ts/processes/supervision";

/** How long it rests after a look, as a multiple of how long that took. */
const REST_PER_WORK = 9;
/** Gives up after so many looks for one mark. */
const MAX_LOOKS = 20;

/** Looks for what ended workers have left behind. */
export class Sweeper {
  /** The marks of workers that have ended, and how often they were looked for. */
  readonly #looks = new Map<string, number>();
  #resting = false;

  /** Kills all that bear the mark, as a rule before this returns. */
  sweep(mark: string): void {
    this.#looks.set(mark, 0);
    if (!this.#resting) this.#look();
  }

  /** Resolves when nothing is left that a worker which has ended had started. */
  finish(): Promise<void> {
    return endMarked(new Set(this.#looks.keys()));
  }

  #look(): void {
    const begunMs = performance.now();
    const found = killMarked(new Set(this.#looks.keys()));
    for (const [mark, looks] of this.#looks) {
      // A process that was found may have started another one in the meantime.
      if (found === 0 || looks >= MAX_LOOKS) this.#looks.delete(mark);
      else this.#looks.set(mark, looks + 1);
    }
    this.#resting = true;
    after(REST_PER_WORK * (performance.now() - begunMs), () => this.#rested()).unref();
  }

  #rested(): void {
    this.#resting = false;
    if (this.#looks.size > 0) this.#look();
  }
}
