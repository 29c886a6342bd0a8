/** Waiting for what another process does. */
import { setTimeout as sleep } from "node:timers/promises";

/** A limit for what takes seconds on an idle machine, not a claim. */
const PATIENCE_MS = 150_000;

/** Waits until there is something to find, and gives it. */
export async function untilSome<A>(
  what: string,
  find: () => A | undefined | false | Promise<A | undefined | false>,
): Promise<A> {
  const end = performance.now() + PATIENCE_MS;
  for (;;) {
    const found = await find();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > end) throw new Error(`Within ${PATIENCE_MS} ms there was no ${what}`);
    await sleep(50);
  }
}
