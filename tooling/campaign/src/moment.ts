/** The moments at which faults strike: seeded, and told by what the program has acknowledged, not by a clock alone. */
import type { Random } from "./random.ts";

/** When a fault strikes. */
export type Moment =
  /** As soon as the program's process has been made. */
  | { readonly kind: "at-once" }
  /** So long after the start of the program's process: while it loads, opens its database, starts its agent. */
  | { readonly kind: "starting"; readonly delayMs: number }
  /** So long after so many acknowledgements. */
  | { readonly kind: "running"; readonly acknowledged: number; readonly delayMs: number }
  /** The same of the last few: also between the last COMMIT and the end of the process. */
  | { readonly kind: "ending"; readonly acknowledged: number; readonly delayMs: number };

/** The kind of a moment. */
export type MomentKind = Moment["kind"];

const MAX_START_MS = 1_000;
const MAX_RUN_DELAY_MS = 40;
const MAX_END_DELAY_MS = 200;
const LAST_CALLS = 3;
/** Most of the time programs are in the middle. */
const SHARES: readonly MomentKind[] = ["starting", "running", "running", "running", "running", "ending"];

/** A moment for a program of so many calls, of one of `kinds`: one that is named twice is twice as likely. */
export function randomMoment(random: Random, calls: number, kinds: readonly MomentKind[] = SHARES): Moment {
  const kind = random.oneOf(kinds);
  switch (kind) {
    case "at-once":
      return { kind };
    case "starting":
      return { kind, delayMs: random.between(0, MAX_START_MS) };
    case "running":
      return {
        kind,
        acknowledged: random.between(1, Math.max(1, Math.floor(calls * 0.8))),
        delayMs: random.between(0, MAX_RUN_DELAY_MS),
      };
    case "ending":
      return {
        kind,
        acknowledged: random.between(Math.max(1, calls - LAST_CALLS), calls),
        delayMs: random.between(0, MAX_END_DELAY_MS),
      };
    default:
      return kind satisfies never;
  }
}
