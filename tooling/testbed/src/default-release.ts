/** Which release clusters are made of that name none: what a run of tests says, so that one suite can run on each. */
import { isRelease, RELEASES } from "./release.ts";
import type { Release } from "./release.ts";
import { TestbedError } from "./testbed-error.ts";

/** The environment's variable. Empty is as unset: what the machine has. */
export const RELEASE_VARIABLE = "HYPERION_TESTBED_RELEASE";

/**
 * The release that the environment names; undefined where it names none.
 *
 * @throws TestbedError `bad-options` when what it names is no release
 */
export function defaultRelease(): Release | undefined {
  const name = process.env[RELEASE_VARIABLE] ?? "";
  if (name === "") return undefined;
  if (isRelease(name)) return name;
  throw new TestbedError(
    "bad-options",
    `${RELEASE_VARIABLE} is ${JSON.stringify(name)}: it should be one of ${RELEASES.join(", ")}, or empty.`,
  );
}
