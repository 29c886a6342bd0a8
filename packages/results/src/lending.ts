/** What a database asks of the claims of another one, and gets. */
import type { LentClaim } from "./lent-claim.ts";
import type { ClaimAnswer, ClaimOptions } from "./results-store.ts";
import type { Asker } from "./sole-job.ts";

/** A key whose value is wanted. */
export interface WantedKey extends Required<ClaimOptions> {
  readonly map: string;
  readonly key: string;
}

/** What another database gets that asks for a key. */
export type LentAnswer =
  | Exclude<ClaimAnswer, { readonly kind: "mine" }>
  /** It is to compute the value. */
  | { readonly kind: "lent"; readonly claim: LentClaim }
  /** The function failed elsewhere. */
  | { readonly kind: "failed"; readonly error: unknown }
  /** This database's own program computes it, for which the asker is not to wait. */
  | { readonly kind: "alone" };

/** How another database asks. */
export interface LendOptions {
  /** Who asks. */
  readonly asker: Asker;
  /** Whether it waits for what this database's own program computes. */
  readonly waitsForOwn: boolean;
  /** Called when its claim is over. */
  readonly over: () => void;
}
