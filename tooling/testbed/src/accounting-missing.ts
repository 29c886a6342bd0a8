/** Can a cluster have accounting here? */
import { existsSync } from "node:fs";

/** The Debian packages that accounting is made of: the database's server without its clients, and slurmdbd. */
export const ACCOUNTING_PACKAGES = ["mariadb-server-core", "slurmdbd", "slurm-wlm-mysql-plugin"] as const;

/** null where it can; else a sentence that says what is lacking. */
export function accountingMissing(): string | null {
  const lacking = [MARIADBD, "/usr/sbin/slurmdbd"].filter((path) => !existsSync(path));
  if (lacking.length === 0) return null;
  return `A testbed with accounting needs ${lacking.join(" and ")}; \`npm run testbed -- install\` (or apt-get install ${ACCOUNTING_PACKAGES.join(" ")}) installs what is lacking.`;
}

const MARIADBD = "/usr/sbin/mariadbd";
