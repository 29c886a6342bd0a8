/** Amounts of memory and lengths of time, as they are written after `hyperion retry`: as sbatch reads them. Pure. */

const MEGABYTES: Readonly<Record<string, number>> = { K: 1 / 1_024, M: 1, G: 1_024, T: 1_048_576 };

/** `16G` in megabytes, rounded up; without a unit it is in megabytes. */
export function megabytesOf(text: string): number {
  const [, amount = "", unit = ""] = /^([\d.]+)([KMGT]?)$/iu.exec(text) ?? [];
  return Math.ceil(Number(amount) * (MEGABYTES[unit.toUpperCase()] ?? 1));
}

/** In seconds: minutes, minutes:seconds, hours:minutes:seconds, and days before any of hours, minutes, seconds. */
export function secondsOf(text: string): number {
  const [days, clock = ""] = text.includes("-") ? text.split("-") : [undefined, text];
  const parts = clock.split(":").map(Number);
  const [first = 0, second = 0, third = 0] = parts;
  const fromHours = days !== undefined || parts.length === 3;
  return Number(days ?? 0) * 86_400 + (fromHours ? (first * 60 + second) * 60 + third : first * 60 + second);
}

/** As a person writes it: `16G`, `500M`. */
export const memoryText = (megabytes: number): string =>
  megabytes % 1_024 === 0 ? `${megabytes / 1_024}G` : `${Math.floor(megabytes)}M`;

/** As a person writes it: `4:00:00`, `2-12:00:00`. */
export function timeText(seconds: number): string {
  const days = Math.floor(seconds / 86_400);
  const hours = Math.floor(seconds / 3_600) - (days > 1 ? days * 24 : 0);
  const clock = [Math.floor(seconds / 60) % 60, Math.floor(seconds) % 60].map((part) => String(part).padStart(2, "0"));
  return days > 1 ? `${days}-${[String(hours).padStart(2, "0"), ...clock].join(":")}` : [hours, ...clock].join(":");
}
