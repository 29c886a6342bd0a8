/** The claim on one computation, as the database hands it out: it ends once, and late results are refused. */
import { shownKey } from "./key-text.ts";
import { ResultsError } from "./results-error.ts";
import type { Claim } from "./results-store.ts";
import type { SingleFlight } from "./single-flight.ts";

/** What is claimed: `id` is the flight's, `store` writes the value and resolves after its COMMIT. */
interface ClaimedKey {
  readonly id: string;
  readonly map: string;
  readonly key: string;
  readonly store: (value: string) => Promise<void>;
}

/** A claim on a flight that has been started, or taken over, for this caller. */
export function openClaim(flights: SingleFlight<string>, { id, map, key, store }: ClaimedKey): Claim {
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
        flights.land(id, value);
      } catch (error) {
        flights.crash(id, error);
        throw error;
      }
    },
    fail: (error) => endOnce(() => flights.crash(id, error)),
    release: () => endOnce(() => flights.passOn(id)),
  };
}

const lateResult = (map: string, key: string): ResultsError =>
  new ResultsError({
    code: "claim-lost",
    what: `A value for key ${shownKey(key)} of map "${map}" came after its claim had ended`,
    advice: "It was not stored; an equal call computes it, or has done so",
  });
