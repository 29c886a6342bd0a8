/**
 * `testbed install`: the Debian packages that a testbed is made of, and the two shells that its tests log in with; then
 * the root file systems of the releases that were asked for.
 * Installing them must not start their daemons on the machine, and must not leave a file that says so.
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createInterface } from "node:readline/promises";
import { ACCOUNTING_PACKAGES } from "../accounting-missing.ts";
import type { Release } from "../release.ts";
import { rootOf } from "../release.ts";
import { makeReleaseRoot } from "../release-root.ts";
import { PACKAGES, RELEASE_MAKER, testbedMissing } from "../testbed-missing.ts";

const SHELLS = ["tcsh", "fish"] as const;

/** @returns the exit code. */
export const install = async (releases: readonly Release[]): Promise<number> =>
  (await installPackages([
    ...PACKAGES,
    ...ACCOUNTING_PACKAGES,
    ...SHELLS,
    ...(releases.length > 0 ? [RELEASE_MAKER] : []),
  ])) || (await makeRoots(releases));

const makeRoots = async (releases: readonly Release[]): Promise<number> =>
  Math.max(0, ...(await Promise.all(releases.map(makeRoot))));

async function makeRoot(release: Release): Promise<number> {
  if (existsSync(rootOf(release))) return say(`Nothing to do for Debian ${release}: ${rootOf(release)} is there.`, 0);
  const missing = testbedMissing({ release });
  if (missing !== null) return say(missing, 1);
  say(`This makes the root file system of Debian ${release} from its packages: ${rootOf(release)}.`, 0);
  await makeReleaseRoot(release);
  return 0;
}

async function installPackages(wanted: readonly string[]): Promise<number> {
  const lacking = wanted.filter((name) => !isInstalled(name));
  if (lacking.length === 0) return say(`Nothing to do: ${wanted.join(", ")} are installed.`, 0);
  if (process.getuid?.() !== 0) return say(`Only root can install ${lacking.join(", ")}.`, 1);
  say(
    `This installs the Debian packages ${lacking.join(", ")}, with what they depend on. Their daemons are not started now.`,
    0,
  );
  if (existsSync(SYSTEMD))
    say(
      "When this machine boots, systemd will start them; `systemctl disable munge slurmctld slurmd ssh` prevents it.",
      0,
    );
  if (process.env["CI"] !== "true" && !(await agreed())) return say("Nothing was installed.", 1);
  // Nobody may be asked by apt-get, of packages that were agreed to.
  return apt("update", "-q") || apt("install", "-q", "-y", "--no-install-recommends", ...lacking);
}

const SYSTEMD = "/run/systemd/system";

const isInstalled = (name: string): boolean =>
  spawnSync("dpkg-query", ["--show", "--showformat=${db:Status-Status}", name], { encoding: "utf8" }).stdout ===
  "installed";

/**
 * In a process namespace, whatever an installation starts ends with it; where the folder is hidden that tells of
 * systemd, systemd is not asked to start anything; and in runlevel 1 the old start scripts do nothing.
 */
function apt(...args: readonly string[]): number {
  const hidden = existsSync(SYSTEMD) ? `mount -t tmpfs tmpfs ${SYSTEMD} || exit 1` : ":";
  const alone = [
    "--pid",
    "--mount",
    "--fork",
    "--kill-child",
    "--mount-proc",
    "sh",
    "-c",
    `${hidden}; exec apt-get "$@"`,
    "apt-get",
    ...args,
  ];
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive", RUNLEVEL: "1" };
  return spawnSync("unshare", alone, { stdio: ["ignore", "inherit", "inherit"], env }).status ?? 1;
}

async function agreed(): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return /^y(es)?$/i.test(await terminal.question("Install them? [y/N] "));
  } finally {
    terminal.close();
  }
}

function say(text: string, code: number): number {
  console.log(text);
  return code;
}
