/** Which ends of a worker are no attempt of a call that was with it. */
import type { LostAs } from "@hyperion-ts/launcher";

/** A call that was the next one of so many workers that ended is taken for the cause: they may have read it, at least. */
const MAX_MISSED = 20;

/** What a task keeps for this. */
export interface Spareable {
  /** Whether its call has to be the first in its worker. */
  first: boolean;
  /** How often a worker has ended when its call was the next one there. */
  missed: number;
}

/** Whether the call is made again as the same attempt. One that was struck by another call is the first in its next worker, so this happens to it once. */
export function isSpared(task: Spareable, as: LostAs): boolean {
  switch (as) {
    case "running":
      return false;
    case "struck":
      task.first = true;
      return true;
    case "next":
      task.missed += 1;
      return task.missed < MAX_MISSED;
    case "behind":
      return true;
    default:
      return as satisfies never;
  }
}
