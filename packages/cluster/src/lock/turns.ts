/** Who of this process may ask for a lock's file: one at a time, in the order of asking, so that a thousand calls that wait for a lock look at one file. */

/** Turns by the path of a lock's file. */
export class Turns {
  /** Who waits for each path that somebody has. */
  readonly #waiting = new Map<string, (() => void)[]>();

  /** Takes the turn, if nobody has it. */
  tryTake(path: string): boolean {
    if (this.#waiting.has(path)) return false;
    this.#waiting.set(path, []);
    return true;
  }

  /** Waits for the turn. @throws the signal's reason when it aborts before. */
  async take(path: string, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.tryTake(path)) return;
    const line = this.#waiting.get(path) ?? [];
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const leave = (): void => {
      const at = line.indexOf(resolve);
      // Who was given the turn just now is no longer in the line.
      if (at === -1) return;
      line.splice(at, 1);
      reject(signal.reason);
    };
    line.push(resolve);
    signal.addEventListener("abort", leave, { once: true });
    try {
      await promise;
    } finally {
      signal.removeEventListener("abort", leave);
    }
  }

  /** Gives the turn to who has waited longest. */
  give(path: string): void {
    const next = this.#waiting.get(path)?.shift();
    if (next === undefined) this.#waiting.delete(path);
    else next();
  }
}
