/** Can a testbed be made here? Tests ask before they start, and say why they were skipped. */
import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync, readlinkSync } from "node:fs";
import { accountingMissing } from "./accounting-missing.ts";
import { cgroupsMissing } from "./cgroups-missing.ts";
import { defaultRelease } from "./default-release.ts";
import type { TestbedOptions } from "./options.ts";
import type { Release } from "./release.ts";
import { rootOf } from "./release.ts";
import { mirrorOf } from "./release-mirror.ts";
import { noMirrorFor } from "./release-root.ts";

/** What a cluster would be made of. */
export interface MissingOptions {
  /** A Debian release. Default: what HYPERION_TESTBED_RELEASE names, or else what the machine has. */
  readonly release?: Release | undefined;
  /** As of `testbed`. Default false. */
  readonly cgroups?: boolean;
  /** As of `testbed`. Default false. */
  readonly accounting?: TestbedOptions["accounting"];
}

/**
 * null where a cluster can be made on this machine; else a sentence that says what is lacking, and what to do. With a
 * release whose root file system is not there yet, it asks the network whether it can be made.
 *
 * @example
 * describe.skipIf(testbedMissing() !== null)("on a real cluster", () => { ... });
 */
export function testbedMissing({
  release = defaultRelease(),
  cgroups = false,
  accounting = false,
}: MissingOptions = {}): string | null {
  if (process.platform !== "linux") return `A testbed needs Linux; this is ${process.platform}.`;
  if (process.getuid?.() !== 0) return "A testbed needs root, for namespaces and mounts; this process is not root's.";
  const lacking = Object.entries(release === undefined ? { ...BUILDERS, ...DAEMONS } : BUILDERS).filter(
    ([, path]) => !isExecutable(path),
  );
  if (lacking.length > 0) return lackingText(lacking.map(([name]) => name));
  // A release has accounting's packages.
  const others = release === undefined ? (accounting === false ? null : accountingMissing()) : releaseProblem(release);
  return namespaceProblem() ?? others ?? (cgroups ? cgroupsMissing() : null);
}

/** The Debian packages that a testbed is made of. util-linux, which it needs too, is on every Debian. */
export const PACKAGES = ["slurm-wlm", "munge", "openssh-server", "openssh-client", "iproute2", "perl"] as const;

/** The package that makes root file systems of releases. */
export const RELEASE_MAKER = "mmdebstrap";

/** What builds a cluster. */
const BUILDERS = {
  "ssh-keygen": "/usr/bin/ssh-keygen",
  ip: "/usr/sbin/ip",
  unshare: "/usr/bin/unshare",
  nsenter: "/usr/bin/nsenter",
} as const;

/** What runs in it: a release has its own. */
const DAEMONS = {
  slurmctld: "/usr/sbin/slurmctld",
  slurmd: "/usr/sbin/slurmd",
  sbatch: "/usr/bin/sbatch",
  munged: "/usr/sbin/munged",
  sshd: "/usr/sbin/sshd",
  ssh: "/usr/bin/ssh",
  setpriv: "/usr/bin/setpriv",
  perl: "/usr/bin/perl",
} as const;

const lackingText = (programs: readonly string[]): string =>
  `A testbed needs ${programs.join(", ")}; \`npm run testbed -- install\` (or apt-get install ${PACKAGES.join(" ")}) installs what is lacking.`;

/** root of a container may be no root of the kernel. */
function namespaceProblem(): string | null {
  const { status, stderr } = spawnSync("/usr/bin/unshare", ["--mount", "--net", "--pid", "--fork", "true"], {
    encoding: "utf8",
  });
  return status === 0
    ? null
    : `A testbed needs namespaces, which this root may not make (in a container: --privileged): ${stderr.trim()}`;
}

function releaseProblem(release: Release): string | null {
  if (!isMergedUsr())
    return "A testbed with a Debian release needs a machine whose /bin, /sbin and /lib lead into /usr; make it without a release.";
  if (existsSync(rootOf(release))) return null;
  if (!isExecutable(`/usr/bin/${RELEASE_MAKER}`))
    return `A testbed with Debian ${release} needs ${RELEASE_MAKER}; \`npm run testbed -- install --release ${release}\` installs it, and makes the release's root file system.`;
  return mirrorOf(release) === undefined ? noMirrorFor(release) : null;
}

const isMergedUsr = (): boolean => ["bin", "sbin", "lib"].every((name) => isLinkInto(`/${name}`, `usr/${name}`));

function isLinkInto(path: string, target: string): boolean {
  try {
    return readlinkSync(path).replace(/^\//, "") === target;
  } catch {
    return false;
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
