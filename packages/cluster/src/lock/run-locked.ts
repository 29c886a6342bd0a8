/** An action under locks. (Hyperion.LockMap: withLock, withLocks) */
import { callable, checkValue } from "@hyperion-ts/bounds";
import type { Job } from "@hyperion-ts/job";
import type { JsonValue } from "@hyperion-ts/results";
import type { CanLock } from "../across-jobs.ts";
import { holdLocks } from "./hold-locks.ts";
import { LockError } from "./lock-error.ts";
import { lockKeys } from "./lock-keys.ts";

/** Runs `action` in `env` while it has the locks of `keys`, as `lock` says. */
export async function runLocked<A, R>(
  keys: JsonValue | readonly JsonValue[],
  action: Job<A, R>,
  env: R & CanLock,
): Promise<A> {
  checkValue("lock", "the action", action, callable);
  const wanted = lockKeys(keys);
  const { heldLocks = new Set<string>(), signal } = env;
  const twice = wanted.find(({ text }) => heldLocks.has(text));
  if (twice !== undefined)
    throw new LockError(
      "held-already",
      twice.text,
      `lock: this job has the lock of ${twice.shown} already, and would wait for itself. Call what is inside without it`,
    );
  using held = await holdLocks(wanted, env);
  const value = await action({
    ...env,
    signal: AbortSignal.any([signal, held.lost]),
    heldLocks: new Set([...heldLocks, ...wanted.map(({ text }) => text)]),
  });
  held.lost.throwIfAborted();
  return value;
}
