/** Values and times in messages: short, and so that a text is told from a number. */

const LONGEST = 60;

/** The value in a few words, for a message: `"2"`, `an array`. */
export function showValue(value: unknown): string {
  switch (typeof value) {
    case "string":
      return JSON.stringify(value.length > LONGEST ? `${value.slice(0, LONGEST)}…` : value);
    case "bigint":
      return `${value}n`;
    case "function":
      return "a function";
    case "object":
      return value === null ? "null" : Array.isArray(value) ? "an array" : "an object";
    default:
      return String(value);
  }
}

/** A time of `ms` milliseconds, for a message: `250 ms`, `2.5 s`, `10 s`, `3 m 20 s`, `2 h 05 m`. */
export function showDuration(ms: number): string {
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 9_950) return `${Number((ms / 1_000).toFixed(1))} s`;
  const seconds = Math.round(ms / 1_000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} m ${twoDigits(seconds % 60)} s`;
  return `${Math.floor(minutes / 60).toLocaleString("en-US")} h ${twoDigits(minutes % 60)} m`;
}

const twoDigits = (n: number): string => String(n).padStart(2, "0");
