/** What a person is told of a wait for a lock. Pure. */
import { showDuration } from "@hyperion-ts/bounds";
import type { LockInTheWay } from "@hyperion-ts/results/lock-file";
import { SILENT_MS } from "./holder-watch.ts";
import type { LockKey } from "./lock-keys.ts";

/** For whom somebody waits, and what helps if that one is gone. */
export function waitingText({ shown }: LockKey, { path, holder }: LockInTheWay, silentMs: number): string {
  if (holder === undefined)
    return `The lock of ${shown} is waited for, and its file can't be read: ${path}. If no program uses it, remove it`;
  const { host, pid, what, job, since } = holder;
  const who = `process ${pid} on host ${host} (${what}${job === undefined ? "" : `, ${job}`})`;
  const words = `The lock of ${shown} is waited for: ${who} has it since ${since}`;
  if (silentMs < SILENT_MS) return words;
  return `${words}, and has given no sign of life for ${showDuration(silentMs)}. Whether it still runs can't be known from here: look on ${host} (ps -p ${pid})${job === undefined ? "" : `, or end ${job}`}; if it has ended, remove ${path}, or start its program again`;
}
