/**
 * Milliseconds since 1970 for durations: as the wall clock had them when this process began, and steady from then on. A
 * wall clock that is set (NTP, by hand) does not matter; time for which the machine is suspended does not count.
 */
export const steadyNowMs = (): number => performance.timeOrigin + performance.now();
