/** Can a testbed be made here? Tests ask before they start, and say why they were skipped. */
import { accessSync, constants } from "node:fs";

/**
 * null where a cluster can be made on this machine; else a sentence that says what is lacking, and what to do.
 *
 * @example
 * describe.skipIf(testbedMissing() !== null)("on a real cluster", () => { ... });
 */
export function testbedMissing(): string | null {
  if (process.platform !== "linux") return `A testbed needs Linux; this is ${process.platform}.`;
  if (process.getuid?.() !== 0) return "A testbed needs root, for namespaces and mounts; this process is not root's.";
  const lacking = Object.entries(programs).filter(([, path]) => !isExecutable(path));
  if (lacking.length === 0) return null;
  return `A testbed needs ${lacking.map(([name]) => name).join(", ")}; \`npm run testbed -- install\` (or apt-get install ${packages.join(" ")}) installs what is lacking.`;
}

/** The Debian packages that a testbed is made of. util-linux, which it needs too, is on every Debian. */
export const packages = ["slurm-wlm", "munge", "openssh-server", "openssh-client", "iproute2", "perl"] as const;

const programs = {
  slurmctld: "/usr/sbin/slurmctld",
  slurmd: "/usr/sbin/slurmd",
  sbatch: "/usr/bin/sbatch",
  munged: "/usr/sbin/munged",
  sshd: "/usr/sbin/sshd",
  ssh: "/usr/bin/ssh",
  ip: "/usr/sbin/ip",
  nsenter: "/usr/bin/nsenter",
  setpriv: "/usr/bin/setpriv",
  perl: "/usr/bin/perl",
} as const;

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
