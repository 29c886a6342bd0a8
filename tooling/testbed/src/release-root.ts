/**
 * Makes the root file system of a Debian release, once for all clusters. Under a lock, and into its place by a rename:
 * two processes may want it at once, and one that is killed leaves nothing that could be taken for it.
 */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import type { Release } from "./release.ts";
import { recipe, releaseCache, rootOf } from "./release.ts";
import { mirrorOf } from "./release-mirror.ts";
import { commandResult, systemEnv } from "./system-command.ts";
import { TestbedError } from "./testbed-error.ts";

/** Takes half a minute where it is not there yet. @throws TestbedError `missing`, with what mmdebstrap said */
export async function makeReleaseRoot(release: Release): Promise<void> {
  const root = rootOf(release);
  if (existsSync(root)) return;
  const mirror = mirrorOf(release);
  if (mirror === undefined) throw new TestbedError("missing", noMirrorFor(release));
  await mkdir(releaseCache, { recursive: true, mode: 0o755 });
  const child = spawn("setpriv", [...dyingWithThis, ...underLock(release), ...apart, "sh", "-c", makeScript, "make", root, ...command(release, mirror)], {
    env: systemEnv,
    cwd: "/",
    stdio: "pipe",
  });
  const { exitCode, stderr, stdout } = await commandResult(child, "");
  if (exitCode === 0) return;
  const said = (stderr + stdout).trimEnd().split("\n").slice(-15).join("\n");
  throw new TestbedError("missing", `The root file system of Debian ${release} could not be made in ${releaseCache}: mmdebstrap ended with code ${exitCode}.\n${said}`);
}

export const noMirrorFor = (release: Release): string =>
  `A testbed with Debian ${release} needs its packages, and none of the archives in this machine's /etc/apt has them (or none can be reached): add a mirror of Debian there, or make the testbed without a release.`;

/** If this process is killed, so is its child, and with that all that mmdebstrap has started and mounted, in namespaces of its own. */
const dyingWithThis = ["--pdeathsig", "KILL"] as const;

/** The lock is held by an open file of those that make the root, as long as one of them lives. */
const underLock = (release: Release): readonly string[] => ["flock", "--no-fork", `${releaseCache}/${release}.lock`];

const apart = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"] as const;

const partOf = (release: Release): string => `${rootOf(release)}.part`;

const command = (release: Release, mirror: string): readonly string[] => ["mmdebstrap", ...recipe, release, partOf(release), mirror];

/** $1 is the root's place; the rest is mmdebstrap's command, whose last argument but one is where it makes the root. */
const makeScript = `
root=$1; shift
[ -e "$root" ] && exit
rm -rf --one-file-system "$root.part"
"$@" && mv --no-target-directory "$root.part" "$root"
`;
