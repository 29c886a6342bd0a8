/** The text of slurmdbd.conf, what slurm.conf says of it, and what sacctmgr is told. Pure. */
import { ACCOUNT } from "./accounting-options.ts";
import type { AccountingLimits, AccountingOptions } from "./accounting-options.ts";
import type { ClusterPlan } from "./cluster-plan.ts";
import type { SlurmSettings } from "./options.ts";
import { DAEMON_NAME, logOf, pidFileOf } from "./places.ts";

/** Only root may read it (slurmdbd.conf(5)). Without a host name the database is reached over its socket. */
export const slurmdbdConf = ({ login }: ClusterPlan): string =>
  [
    "AuthType=auth/munge",
    `DbdHost=${login.name}`,
    "SlurmUser=root",
    "StorageType=accounting_storage/mysql",
    "StorageHost=localhost",
    "StorageUser=root",
    `StorageLoc=${DATABASE_NAME}`,
    `PidFile=${pidFileOf(DAEMON_NAME.slurmdbd)}`,
    `LogFile=${logOf(DAEMON_NAME.slurmdbd)}`,
    "",
  ].join("\n");

/** Whoever is in no account, or over a limit, is refused; so is who asks for what no partition allows. */
export const accountingSettings = ({ login, cgroups }: ClusterPlan): SlurmSettings => ({
  AccountingStorageType: "accounting_storage/slurmdbd",
  AccountingStorageHost: login.name,
  AccountingStorageEnforce: "associations,limits,qos",
  AccountingStorageTRES: "gres/gpu",
  EnforcePartLimits: "ALL",
  JobAcctGatherType: cgroups ? "jobacct_gather/cgroup" : "jobacct_gather/linux",
});

/** What sacctmgr is to read, a command on each line: the cluster, its users, and their limits. */
export function accountingCommands({ limits = {}, qos = [] }: AccountingOptions, users: readonly string[]): string {
  const names = ["normal", ...qos.map(({ name }) => name)];
  const commands = [
    ["add", "cluster", CLUSTER_NAME],
    ...qos.map(({ name, limits = {} }) => ["add", "qos", name, "Flags=DenyOnLimit", ...limitArgs(limits, QOS_KEYS)]),
    [
      "add",
      "account",
      ACCOUNT,
      `Description=${ACCOUNT}`,
      `Organization=${ACCOUNT}`,
      `QOS=${names.join(",")}`,
      "DefaultQOS=normal",
      ...limitArgs(limits, ACCOUNT_KEYS),
    ],
    ...(users.length === 0 ? [] : [["add", "user", users.join(","), `Account=${ACCOUNT}`]]),
  ];
  return commands.map((words) => `${words.join(" ")}\n`).join("");
}

/** Slurm's word for each limit. Those of users have other names where a QOS has them. */
const ACCOUNT_KEYS: Readonly<Record<keyof AccountingLimits, string>> = {
  maxSubmitJobs: "MaxSubmitJobs",
  maxJobs: "MaxJobs",
  maxWallMinutes: "MaxWall",
  maxTresPerJob: "MaxTRESPerJob",
  grpTres: "GrpTRES",
};
const QOS_KEYS: typeof ACCOUNT_KEYS = {
  ...ACCOUNT_KEYS,
  maxSubmitJobs: "MaxSubmitJobsPerUser",
  maxJobs: "MaxJobsPerUser",
};

/** What slurmdbd calls the cluster. */
export const CLUSTER_NAME = "testbed";
/** The database in MariaDB. */
export const DATABASE_NAME = "slurm";

const limitArgs = (limits: AccountingLimits, keys: typeof ACCOUNT_KEYS): readonly string[] =>
  (Object.entries(limits) as readonly (readonly [keyof AccountingLimits, number | string])[]).map(
    ([name, value]) => `${keys[name]}=${value}`,
  );
