/** How fast the calls of a function end, from the counts that come once a second. */

/** How many calls had ended at a time. */
export interface CallSample {
  readonly atMs: number;
  readonly ended: number;
}

const WINDOW_MS = 10_000;
/** Fewer calls than this in the window say little: then the rate is that of the whole run. */
const FEW = 3;

/** The samples with one more, if it tells of calls that ended. Kept are the first one and what a rate in the future can need. */
export function addSample(samples: readonly CallSample[], sample: CallSample): readonly CallSample[] {
  if (samples.at(-1)?.ended === sample.ended) return samples;
  const inWindow = samples.findIndex(({ atMs }) => atMs > sample.atMs - WINDOW_MS);
  const firstNeeded = inWindow === -1 ? samples.length - 1 : inWindow - 1;
  return [...samples.slice(0, 1), ...samples.slice(Math.max(1, firstNeeded)), sample];
}

/** Calls per second over the last ten seconds or so; 0 when that can't be told. */
export function callRate(samples: readonly CallSample[], nowMs: number): number {
  const last = samples.at(-1);
  const first = samples[0];
  if (last === undefined || first === undefined) return 0;
  const windowMs = nowMs - WINDOW_MS;
  const before = samples.findLast(({ atMs }) => atMs <= windowMs);
  if (before === undefined || last.ended - before.ended < FEW) return speed(first, last, nowMs);
  return speed({ atMs: windowMs, ended: before.ended }, last, nowMs);
}

/** Calls per second from the first call to the last; 0 when that can't be told. */
export function meanCallRate(samples: readonly CallSample[]): number {
  const last = samples.at(-1);
  const first = samples[0];
  return last === undefined || first === undefined ? 0 : speed(first, last, last.atMs);
}

const speed = (from: CallSample, to: CallSample, nowMs: number): number => (nowMs > from.atMs ? ((to.ended - from.ended) * 1_000) / (nowMs - from.atMs) : 0);
