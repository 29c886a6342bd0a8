/**
 * How fast the calls of a function end, from the counts that come once a second. The rate is that of the last ten seconds,
 * or of as long as the last few calls took. It is measured from one end of calls to another: workers that began together
 * end together, and a window that is cut anywhere holds now two and now three of such bursts. The time before the first end
 * counts only until there is another one: workers load their modules in it.
 */

/** How many calls had ended at a time. */
export interface CallSample {
  /** On one steady clock, in milliseconds. */
  readonly atMs: number;
  /** How many calls had ended by then. */
  readonly ended: number;
}

const WINDOW_MS = 10_000;
/** The window is as long as so many calls took, at least. */
const ENOUGH = 20;
/** From a first end that came sooner nothing can be told: most of it was the workers' beginning. */
const BEGINNING_MS = 5_000;
/** Counts come so often while something changes: until then nothing is late. */
const LATE_MS = 1_500;

/** The samples with one more, if it tells of calls that ended. Kept are the first one and those of the window. */
export function addSample(samples: readonly CallSample[], sample: CallSample): readonly CallSample[] {
  if (samples.at(-1)?.ended === sample.ended) return samples;
  const more = [...samples, sample];
  const from = Math.max(1, windowStart(more));
  return [...more.slice(0, 1), ...more.slice(from)];
}

/** Calls per second in the window; 0 when that can't be told. It falls when calls take longer to end than they did. */
export function callRate(samples: readonly CallSample[], nowMs: number): number {
  const window = samples.slice(windowStart(samples));
  const [first, last] = [window[0], window.at(-1)];
  if (first === undefined || last === undefined || first === last) return 0;
  if (first.ended === 0 && last.atMs - first.atMs < BEGINNING_MS) return 0;
  const longest = window.reduce((most, { atMs }, i) => Math.max(most, atMs - (window[i - 1]?.atMs ?? atMs)), LATE_MS);
  return speed(first, last, last.atMs + Math.max(0, nowMs - last.atMs - longest));
}

/** Calls per second from the first call to the last; 0 when that can't be told. */
export function meanCallRate(samples: readonly CallSample[]): number {
  const last = samples.at(-1);
  const first = samples[0];
  return last === undefined || first === undefined ? 0 : speed(first, last, last.atMs);
}

/** Where the latest sample is that is both old enough and calls enough ago; else the first end. */
function windowStart(samples: readonly CallSample[]): number {
  const last = samples.at(-1);
  if (last === undefined) return 0;
  return Math.max(
    samples.length > 2 ? 1 : 0,
    samples.findLastIndex(({ atMs, ended }) => atMs <= last.atMs - WINDOW_MS && ended <= last.ended - ENOUGH),
  );
}

const speed = (from: CallSample, to: CallSample, nowMs: number): number =>
  nowMs > from.atMs ? ((to.ended - from.ended) * 1_000) / (nowMs - from.atMs) : 0;
