/** A program's database and those of two jobs, which ask it over channels that deliver at once. */
import { getEventListeners } from "node:events";
import { setImmediate as turn } from "node:timers/promises";
import { afterEach, describe, expect, test, vi } from "vitest";
import type { ClaimChannel, ClaimSession, RemoteArbiter, SendMessages } from "../../src/arbiter.ts";
import { forget, insert, lookup, memoizeWithMap, openResults, type ResultsDatabase } from "../../src/index.ts";
import { remoteArbiter } from "../../src/remote-arbiter.ts";
import { temporaryFolder, type Folder } from "../world.ts";
import { errorTexts, map } from "./claim-world.ts";

interface Job {
  readonly results: ResultsDatabase;
  readonly arbiter: RemoteArbiter;
  readonly session: ClaimSession;
  /** How many messages were sent together, each time. */
  readonly sent: number[];
}

/** A function whose calls the test ends by hand. */
function controlled() {
  const calls: PromiseWithResolvers<string>[] = [];
  const run = () => () => {
    const call = Promise.withResolvers<string>();
    calls.push(call);
    return call.promise;
  };
  return { calls, run };
}

const never = () => async (): Promise<never> => expect.fail("it was computed");
