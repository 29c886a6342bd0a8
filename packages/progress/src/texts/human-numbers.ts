/** Numbers as people read them. The texts are English and don't depend on the locale, so that logs can be compared. */
import { showDuration } from "@hyperion-ts/bounds";

/** `12,345`. */
export const countText = (count: number): string => count.toLocaleString("en-US");

/** `1 node`, `2,000 nodes`. */
export const plural = (count: number, noun: string): string => `${countText(count)} ${noun}${count === 1 ? "" : "s"}`;

/** `00:01:42`; hours go on beyond 99. */
export function clockText(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  return [Math.floor(whole / 3_600), Math.floor(whole / 60) % 60, whole % 60].map(twoDigits).join(":");
}

/** `3.2 s`, `42 s`, `3 m 20 s`, `2 h 05 m`. */
export function durationText(seconds: number): string {
  return seconds < 9.95 ? `${Math.max(0, seconds).toFixed(1)} s` : showDuration(seconds * 1_000);
}

/** `12.4 calls/s`; slow ones by the minute or hour. */
export function rateText(perSecond: number): string {
  if (perSecond >= 0.95) return `${threeDigits(perSecond)} calls/s`;
  if (perSecond * 60 >= 0.95) return `${threeDigits(perSecond * 60)} calls/min`;
  return `${threeDigits(perSecond * 3_600)} calls/h`;
}

/** `about 2 s left`; never more exact than the guess is. */
export function timeLeftText(seconds: number): string {
  const [unit, length] = TIME_UNITS.findLast(([, length]) => seconds >= 1.5 * length) ?? TIME_UNITS[0];
  return `about ${countText(Math.max(1, Math.round(seconds / length)))} ${unit} left`;
}

const TIME_UNITS = [
  ["s", 1],
  ["min", 60],
  ["h", 3_600],
  ["days", 86_400],
] as const;

const twoDigits = (n: number): string => String(n).padStart(2, "0");

const threeDigits = (n: number): string => (n < 99.95 ? n.toFixed(1) : countText(Math.round(n)));
