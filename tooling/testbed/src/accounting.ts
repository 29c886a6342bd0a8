/** slurmdbd and its database, on the login node: started before slurmctld, which asks them who may do what. */
import { existsSync } from "node:fs";
import { mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { accountingCommands, DATABASE_NAME, slurmdbdConf } from "./accounting-conf.ts";
import type { AccountingOptions } from "./accounting-options.ts";
import type { ClusterPlan } from "./cluster-plan.ts";
import { lastLines, mariadbOn, slurmdbdOn, startDaemon } from "./daemons.ts";
import { inside } from "./enter.ts";
import { PLACES } from "./places.ts";
import type { ProcessId } from "@hyperion-ts/processes";
import type { Site } from "./site.ts";
import { slurm } from "./slurm-client.ts";
import { TestbedError } from "./testbed-error.ts";
import { waitUntil } from "./wait-until.ts";

/** What the two daemons need before they start. */
export async function writeAccountingFiles(init: ProcessId, plan: ClusterPlan): Promise<void> {
  // Nobody but root may reach the database: there are no passwords.
  await mkdir(inside(init, PLACES.databaseSocket), { mode: 0o700, recursive: true });
  await symlink(PLACES.databaseSocket, inside(init, NEWER_SOCKET_FOLDER));
  await writeFile(inside(init, "/etc/slurm/slurmdbd.conf"), slurmdbdConf(plan), { mode: 0o600 });
  const file = SYSTEM_TABLES.map((path) => inside(init, path)).find((path) => existsSync(path));
  if (file === undefined)
    throw new TestbedError(
      "missing",
      `MariaDB's own tables are described in none of ${SYSTEM_TABLES.join(", ")}: is mariadb-server-core installed?`,
    );
  // slurmdbd would make its database, but can't connect a second time with libmariadb of MariaDB 11.8.9.
  const tables = await readFile(file, "utf8");
  await writeFile(
    inside(init, PLACES.databaseSetup),
    `CREATE DATABASE IF NOT EXISTS ${DATABASE_NAME};\nCREATE DATABASE IF NOT EXISTS mysql;\nUSE mysql;\n${tables}`,
  );
}

/** MariaDB's clients look for its socket in one of the two. */
const NEWER_SOCKET_FOLDER = "/run/mariadbd";

/** MariaDB's own tables, since version 11 and before: slurmdbd keeps procedures in one of them. */
const SYSTEM_TABLES = ["/usr/share/mariadb/mariadb_system_tables.sql", "/usr/share/mysql/mysql_system_tables.sql"];

/**
 * Starts what does not run yet; a new database learns who is in the account.
 *
 * @throws TestbedError `not-started` or `timeout` when a daemon does not come up, `slurm-refused` when a limit is none to Slurm
 */
export async function startAccounting(site: Site, options: AccountingOptions, timeoutMs: number): Promise<void> {
  const login = site.plan.login.name;
  const isNew = !existsSync(inside(site.holder.init, PLACES.database));
  await mkdir(inside(site.holder.init, PLACES.database), { recursive: true });
  await startDaemon(site, mariadbOn(login), timeoutMs);
  await startDaemon(site, slurmdbdOn(login), timeoutMs);
  const instead = (): string => lastLines(site, slurmdbdOn(login));
  await waitUntil({ what: "slurmdbd to answer", timeoutMs, instead }, () =>
    slurm(site, ["sacctmgr", "list", "cluster"]).catch(() => undefined),
  );
  const users = site.plan.users.map(({ name }) => name).filter((name) => name !== "root");
  // Each start of sacctmgr costs more than all of its commands; it ends at the first one that is refused.
  if (isNew) await slurm(site, ["sacctmgr", "--immediate", "--quiet"], { input: accountingCommands(options, users) });
}
