/**
 * Debian releases whose root file system a cluster can have, and with it that release's Slurm, OpenSSH and shells,
 * whatever the machine itself runs. Pure.
 */
import { createHash } from "node:crypto";

/** By name, the oldest first: Slurm 22.05, 24.11, and what Debian's newest packages have (26.05 and later). */
export const RELEASES = ["bookworm", "trixie", "sid"] as const;

/** A Debian release, by its code name. */
export type Release = (typeof RELEASES)[number];

/** Whether a text names a release. */
export const isRelease = (name: string): name is Release => RELEASES.some((release) => release === name);

/** What is installed into a root file system, beside the packages that every Debian has. */
export const RELEASE_PACKAGES = [
  "slurm-wlm",
  "munge",
  "openssh-server",
  "openssh-client",
  "iproute2",
  "perl",
  "procps",
  "hostname",
  // For clusters with accounting.
  "slurmdbd",
  "mariadb-server",
  // Login shells.
  "tcsh",
  "fish",
  "zsh",
] as const;

/** Options of mmdebstrap(1). */
export const RECIPE: readonly string[] = [
  "--mode=root",
  "--variant=minbase",
  "--format=directory",
  `--include=${RELEASE_PACKAGES.join(",")}`,
  // A mirror may be behind by more than the week that sid's lists are valid for; who signed them is looked at all the same.
  '--aptopt=Acquire::Check-Valid-Until "false"',
];

/** Where all root file systems are kept. With no cluster up, it may be removed at any time. */
export const RELEASE_CACHE = "/var/cache/hyperion-testbed";

/** The root file system of a release: another recipe makes another folder. */
export const rootOf = (release: Release): string => `${RELEASE_CACHE}/${release}-${recipeDigest}`;

const recipeDigest = createHash("sha256").update(RECIPE.join("\n")).digest("hex").slice(0, 8);
