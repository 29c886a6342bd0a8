/** How long a job may run: a typed value, and what sbatch takes for it (sbatch(1), `--time`). Pure. */
import { fields, finite, type Rule, showValue } from "@hyperion-ts/bounds";

/** A length of time: its parts together. Fractions are fine; less than a second is rounded up. */
export interface JobTime {
  /** Of 24 hours. Default 0. */
  readonly days?: number;
  /** May be more than 24. Default 0. */
  readonly hours?: number;
  /** May be more than 60. Default 0. */
  readonly minutes?: number;
  /** May be more than 60. Default 0. */
  readonly seconds?: number;
}

/** Slurm counts minutes in 32 bits and takes large ones for no limit; nobody waits for longer than a hundred years. */
const MOST_SECONDS = 100 * 365 * 86_400;

/** The whole time in seconds, rounded up. */
export const jobSeconds = ({ days = 0, hours = 0, minutes = 0, seconds = 0 }: JobTime): number =>
  Math.ceil(((days * 24 + hours) * 60 + minutes) * 60 + seconds);

/** As sbatch reads it: `D-HH:MM:SS`. Slurm rounds it up to whole minutes. */
export function slurmTime(time: JobTime): string {
  const seconds = jobSeconds(time);
  const two = (part: number): string => String(part).padStart(2, "0");
  const clock = [Math.floor(seconds / 3_600) % 24, Math.floor(seconds / 60) % 60, seconds % 60].map(two).join(":");
  return `${Math.floor(seconds / 86_400)}-${clock}`;
}

/** A JobTime above 0. */
export const jobTime: Rule = (value, name) => {
  if (typeof value !== "object" || value === null)
    throw new TypeError(`${name} must be a time such as { hours: 2, minutes: 30 }, not ${showValue(value)}`);
  fields<JobTime>({ days: finite, hours: finite, minutes: finite, seconds: finite })(value, name);
  const parts = Object.values(value).filter((part): part is number => part !== undefined);
  const seconds = jobSeconds(value);
  if (parts.some((part) => part < 0) || seconds <= 0 || seconds > MOST_SECONDS)
    throw new RangeError(
      `${name} must be a time above 0 and of at most 100 years, such as { hours: 2, minutes: 30 }, not ${JSON.stringify(value)}`,
    );
};
