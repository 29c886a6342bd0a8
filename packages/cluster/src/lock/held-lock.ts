/** A lock that this process has: it gives signs of life, and notices when the lock is lost. */
import { existsSync, utimesSync } from "node:fs";
import { every } from "@hyperion-ts/bounds";
import { type OwnLock, readHolder } from "@hyperion-ts/results/lock-file";
import { LockError } from "./lock-error.ts";
import type { LockKey } from "./lock-keys.ts";

const SIGN_INTERVAL_MS = 5_000;

/** All of this process: `process.exit`, and an exception that nobody catches, give them up, too. */
const held = new Set<OwnLock>();
const giveUpAll = (): void => {
  for (const lock of held) lock[Symbol.dispose]();
};

/** Holds `lock` until it is disposed of; `lost` is called once if it is lost before. */
export function heldLock(lock: OwnLock, key: LockKey, lost: (error: LockError) => void): Disposable {
  if (held.size === 0) process.on("exit", giveUpAll);
  held.add(lock);
  const signs = every(SIGN_INTERVAL_MS, () => {
    const state = stateOf(lock);
    if (state === undefined) return sign(lock.path);
    signs[Symbol.dispose]();
    lost(lostLock(lock, key, state));
  }).unref();
  return {
    [Symbol.dispose]: () => {
      signs[Symbol.dispose]();
      held.delete(lock);
      if (held.size === 0) process.off("exit", giveUpAll);
      lock[Symbol.dispose]();
    },
  };
}

/** What has happened to it; undefined where it is ours, or where nobody can tell just now. */
function stateOf({ path, holder }: OwnLock): string | undefined {
  const now = readHolder(path);
  if (now !== undefined && now.token !== holder.token) return `process ${now.pid} on host ${now.host} has taken it`;
  return now === undefined && !existsSync(path) ? "its file was removed" : undefined;
}

/** A sign that can't be given is given the next time. */
function sign(path: string): void {
  try {
    const now = new Date();
    utimesSync(path, now, now);
  } catch {
    return;
  }
}

const lostLock = ({ path }: OwnLock, { text, shown }: LockKey, state: string): LockError =>
  new LockError(
    "lost",
    text,
    `The lock of ${shown} was lost while it was held: ${state} (${path}). What ran under it was aborted: something else may have run at the same time`,
  );
