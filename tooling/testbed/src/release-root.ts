/** Makes the root file system of a Debian release, which all clusters of that release share. */
import { existsSync } from "node:fs";
import type { Release } from "./release.ts";
import { makeOnce } from "./make-once.ts";
import { RECIPE, RELEASE_CACHE, rootOf } from "./release.ts";
import { mirrorOf } from "./release-mirror.ts";
import { TestbedError } from "./testbed-error.ts";

/**
 * Takes half a minute where it is not there yet.
 *
 * @throws TestbedError `missing` when mmdebstrap can't make it, with what that said
 */
export async function makeReleaseRoot(release: Release): Promise<void> {
  if (existsSync(rootOf(release))) return;
  const mirror = mirrorOf(release);
  if (mirror === undefined) throw new TestbedError("missing", noMirrorFor(release));
  const { exitCode, stderr, stdout } = await makeOnce(rootOf(release), (root) => [
    "mmdebstrap",
    ...RECIPE,
    release,
    root,
    mirror,
  ]);
  if (exitCode === 0) return;
  const said = (stderr + stdout).trimEnd().split("\n").slice(-15).join("\n");
  throw new TestbedError(
    "missing",
    `The root file system of Debian ${release} could not be made in ${RELEASE_CACHE}: mmdebstrap ended with code ${exitCode}.\n${said}`,
  );
}

/** What a person is told where no archive of this machine has that release. */
export const noMirrorFor = (release: Release): string =>
  `A testbed with Debian ${release} needs its packages, and none of the archives in this machine's /etc/apt has them (or none can be reached): add a mirror of Debian there, or make the testbed without a release.`;
