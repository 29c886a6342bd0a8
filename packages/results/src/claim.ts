/** The claim on one computation, as the database hands it out: it ends once, and late results are refused. */
import type { HeldClaim } from "./arbiter.ts";
import { shownKey } from "./key-text.ts";
import { ResultsError } from "./results-error.ts";
import type { Claim } from "./results-store.ts";

/** What is claimed, and who hears how that ends. */
interface ClaimedKey {
  readonly map: string;
  readonly key: string;
  /** Writes the value; resolves after its COMMIT. */
  readonly store: (value: string) => Promise<void>;
  /** Equal calls of this database that wait. */
  readonly here: {
    readonly land: (value: string) => void;
    readonly crash: (error: unknown) => void;
    readonly passOn: () => void;
  };
  /** The arbiter's side of the claim, where there is one. */
  readonly held: HeldClaim | undefined;
}

/** A claim that has been made, or taken over, for this caller. */
export function openClaim({ map, key, store, here, held }: ClaimedKey): Claim {
  let ended = false;
  const endOnce = (end: () => void): void => {
    if (!ended) end();
    ended = true;
  };
  return {
    fulfil: async (value) => {
      if (ended) throw lateResult(map, key);
      ended = true;
      try {
        await store(value);
      } catch (error) {
        // It was this database that failed, not the function.
        held?.release();
        here.crash(error);
        throw error;
      }
      held?.stored();
      here.land(value);
    },
    fail: (error) =>
      endOnce(() => {
        held?.fail(error);
        here.crash(error);
      }),
    release: () =>
      endOnce(() => {
        held?.release();
        here.passOn();
      }),
  };
}

const lateResult = (map: string, key: string): ResultsError =>
  new ResultsError({
    code: "claim-lost",
    what: `A value for key ${shownKey(key)} of map "${map}" came after its claim had ended`,
    advice: "It was not stored; an equal call computes it, or has done so",
  });
