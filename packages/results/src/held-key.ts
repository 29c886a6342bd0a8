/** A claim of a job at its arbiter: one small object, because a job has one for each call that is under way. */
import type { HeldClaim } from "./arbiter.ts";
import type { ClaimEnd } from "./claim-messages.ts";

/** What is claimed; the id is the job's. */
export interface KeyOfClaim {
  readonly id: number;
  readonly map: string;
  readonly key: string;
  readonly code: "any" | "same";
}

/** Who keeps it. */
export interface Holder {
  /** It ends, unless it has ended before. */
  readonly ended: (held: HeldKey, how: () => ClaimEnd) => void;
  /** What a function threw, as it travels. */
  readonly errorData: (error: unknown) => unknown;
}

/** A claim under way. */
export class HeldKey implements HeldClaim {
  readonly claimed: KeyOfClaim;
  /** Whether the arbiter may know of it, by a channel of now or earlier. */
  isTold: boolean;
  readonly #holder: Holder;

  constructor(claimed: KeyOfClaim, isTold: boolean, holder: Holder) {
    this.claimed = claimed;
    this.isTold = isTold;
    this.#holder = holder;
  }

  stored(): void {
    this.#holder.ended(this, isStored);
  }

  fail(error: unknown): void {
    this.#holder.ended(this, () => ({ how: "failed", error: this.#holder.errorData(error) }));
  }

  release(): void {
    this.#holder.ended(this, isReleased);
  }
}

const isStored = (): ClaimEnd => ({ how: "stored" });
const isReleased = (): ClaimEnd => ({ how: "released" });
