/**
 * Ends what workers leave behind: children that made sessions of their own, so that they did not end with the worker's process group.
 * To look for them costs milliseconds, so many workers that end together share one look, and it has at most a tenth of the agent's time.
 */
import { after } from "@hyperion-ts/bounds";
import { endMarked, killMarked } from "@hyperion-ts/processes";

const REST_PER_WORK = 9;
/** Who can't be killed in so many looks can't be helped. */
const MAX_LOOKS = 20;

export class Sweeper {
  /** The marks of workers that have ended, and how often they were looked for. */
  readonly #looks = new Map<string, number>();
  #resting = false;

  /** Ends all that bear the mark, as a rule before it returns. */
  sweep(mark: string): void {
    this.#looks.set(mark, 0);
    if (!this.#resting) this.#look();
  }

  /** Resolves when nobody is left of any worker that has ended. */
  finish(): Promise<void> {
    return endMarked(new Set(this.#looks.keys()));
  }

  #look(): void {
    const begunMs = performance.now();
    const found = killMarked(new Set(this.#looks.keys()));
    for (const [mark, looks] of this.#looks) {
      // Who was found may have started somebody else in the meantime.
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
