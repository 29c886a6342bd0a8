/** Where things are inside a cluster. All of it lies on memory that only the cluster sees, and goes with it. */

/** The testbed's own folder. */
const base = "/run/hyperion-testbed";

/** Absolute paths in the cluster. */
export const places = {
  base,
  plan: `${base}/plan.json`,
  etc: `${base}/etc`,
  logs: `${base}/log`,
  nodes: `${base}/nodes`,
  pids: `${base}/pid`,
  gpus: `${base}/gpu`,
  shares: `${base}/share`,
  sshd: `${base}/sshd`,
  slurmCgroups: `${base}/cgroup`,
  database: `${base}/database`,
  databaseSetup: `${base}/database.sql`,
  slurmState: `${base}/slurmctld`,
  savedStates: `${base}/slurmctld-saved`,
  slurmdSpool: `${base}/slurmd`,
  underneath: `${base}/underneath`,
  munge: "/run/munge",
  databaseSocket: "/run/mysqld",
} as const;

/** Names of daemons; each has `logs/NAME.log` and, once it runs, `pids/NAME.pid`. */
export const daemonName = {
  munged: "munged",
  mariadb: "mariadb",
  slurmdbd: "slurmdbd",
  slurmctld: "slurmctld",
  slurmd: (node: string): string => `slurmd.${node}`,
  sshd: (host: string): string => `sshd.${host}`,
} as const;

export const logOf = (daemon: string): string => `${places.logs}/${daemon}.log`;
export const pidFileOf = (daemon: string): string => `${places.pids}/${daemon}.pid`;
