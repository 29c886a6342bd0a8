/**
 * A runtime that a limit of threads leaves without those it begins with may wait for them for ever, before it can say a word.
 * Whoever has asked for the worker would wait until the time for a start is over. So the agent looks, once a second: a
 * process that lacks threads where a limit is reached, and has not computed since the last looks, hangs.
 */
import { every, type Timer } from "@hyperion-ts/bounds/timer";
import { readProcess } from "@hyperion-ts/processes/supervision";

const LOOK_INTERVAL_MS = 1_000;
/** So many looks in a row must find it still: a machine that has much to do lets a process stand still for a moment, too. */
const LOOKS = 4;

/** Looks at the process `pid` until the watch is disposed of, or the process is found to hang: then `hangs` is told of the limit, once. */
export function watchStart(
  pid: number,
  limitMet: () => string | undefined,
  hangs: (limit: string) => void,
): Disposable {
  let last: number | undefined;
  let still = 0;
  const timer: Timer = every(LOOK_INTERVAL_MS, () => {
    const limit = limitMet();
    const computed = limit === undefined ? undefined : timeComputed(pid);
    still = computed !== undefined && computed === last ? still + 1 : 0;
    last = computed;
    if (limit === undefined || still < LOOKS) return;
    timer[Symbol.dispose]();
    hangs(limit);
  });
  return timer.unref();
}

/** How long the process has computed, in clock ticks; undefined where it is gone, or computes just now. */
function timeComputed(pid: number): number | undefined {
  const found = readProcess(pid);
  return found?.state === "S" ? found.cpuTicks : undefined;
}
