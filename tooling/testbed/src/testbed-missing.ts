/** Can a testbed be made here? Tests ask before they start, and say why they were skipped. */
import { spawnSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { cgroupsMissing } from "./cgroups-missing.ts";

/** What a cluster would have. */
export interface MissingOptions {
  /** As of `testbed`. Default false. */
  readonly cgroups?: boolean;
}

/**
 * null where a cluster can be made on this machine; else a sentence that says what is lacking, and what to do.
 *
 * @example
 * describe.skipIf(testbedMissing() !== null)("on a real cluster", () => { ... });
 */
export function testbedMissing({ cgroups = false }: MissingOptions = {}): string | null {
  if (process.platform !== "linux") return `A testbed needs Linux; this is ${process.platform}.`;
  if (process.getuid?.() !== 0) return "A testbed needs root, for namespaces and mounts; this process is not root's.";
  const lacking = Object.entries(programs).filter(([, path]) => !isExecutable(path));
  if (lacking.length === 0) return namespaceProblem() ?? (cgroups ? cgroupsMissing() : null);
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
  unshare: "/usr/bin/unshare",
  nsenter: "/usr/bin/nsenter",
  setpriv: "/usr/bin/setpriv",
  perl: "/usr/bin/perl",
} as const;

/** root of a container may be no root of the kernel. */
function namespaceProblem(): string | null {
  const { status, stderr } = spawnSync("/usr/bin/unshare", ["--mount", "--net", "--pid", "--fork", "true"], { encoding: "utf8" });
  return status === 0 ? null : `A testbed needs namespaces, which this root may not make (in a container: --privileged): ${stderr.trim()}`;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
