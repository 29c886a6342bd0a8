/** Waiting for a condition, with an end. */
import { setTimeout as sleep } from "node:timers/promises";
import { TestbedError } from "./testbed-error.ts";

/** A wait: for what, how long, and what to tell where it was in vain. */
export interface Wait {
  /** Completes "... did not happen: ". */
  readonly what: string;
  /** How long to wait at most, in milliseconds. */
  readonly timeoutMs: number;
  /** Ends the wait. */
  readonly signal?: AbortSignal | undefined;
  /** How long to leave between looks, in milliseconds. Default 25. */
  readonly pauseMs?: number;
  /** What was seen instead, for the error's message. */
  readonly instead?: () => string | Promise<string>;
}

/**
 * The first value of `probe` that isn't undefined.
 *
 * @throws TestbedError `timeout` when there is none in time
 * @throws the signal's reason when that aborts
 */
export async function waitUntil<T>(wait: Wait, probe: () => Promise<T | undefined> | T | undefined): Promise<T> {
  const end = performance.now() + wait.timeoutMs;
  for (;;) {
    wait.signal?.throwIfAborted();
    const value = await probe();
    if (value !== undefined) return value;
    if (performance.now() > end) {
      const instead = await wait.instead?.();
      throw new TestbedError(
        "timeout",
        `Waited ${wait.timeoutMs / 1000} s for ${wait.what}, in vain.${instead === undefined ? "" : `\n${instead}`}`,
      );
    }
    await sleep(wait.pauseMs ?? 25, undefined, wait.signal === undefined ? {} : { signal: wait.signal });
  }
}
