import { setImmediate as nextTurn } from "node:timers/promises";

/** Lets the event loop turn until `condition` holds. Throws when it never does: nothing in these tests needs as many turns. */
export async function until(condition: () => boolean): Promise<void> {
  for (let turn = 0; !condition(); turn++) {
    if (turn === 100_000)
      throw new Error(`Still not so after ${turn} turns of the event loop: ${condition.toString()}`);
    await nextTurn();
  }
}
