/** Where things are inside a cluster. All of it lies on memory that only the cluster sees, and goes with it. */

/** The testbed's own folder. */
const BASE = "/run/hyperion-testbed";

/** Absolute paths in the cluster. */
export const PLACES = {
  base: BASE,
  plan: `${BASE}/plan.json`,
  etc: `${BASE}/etc`,
  logs: `${BASE}/log`,
  nodes: `${BASE}/nodes`,
  pids: `${BASE}/pid`,
  gpus: `${BASE}/gpu`,
  shares: `${BASE}/share`,
  sshd: `${BASE}/sshd`,
  slurmCgroups: `${BASE}/cgroup`,
  database: `${BASE}/database`,
  databaseSetup: `${BASE}/database.sql`,
  slurmState: `${BASE}/slurmctld`,
  savedStates: `${BASE}/slurmctld-saved`,
  slurmdSpool: `${BASE}/slurmd`,
  underneath: `${BASE}/underneath`,
  munge: "/run/munge",
  databaseSocket: "/run/mysqld",
} as const;

/** Names of daemons; each has `logs/NAME.log` and, once it runs, `pids/NAME.pid`. */
export const DAEMON_NAME = {
  munged: "munged",
  mariadb: "mariadb",
  slurmdbd: "slurmdbd",
  slurmctld: "slurmctld",
  slurmd: (node: string): string => `slurmd.${node}`,
  sshd: (host: string): string => `sshd.${host}`,
} as const;

/** The log of a daemon. */
export const logOf = (daemon: string): string => `${PLACES.logs}/${daemon}.log`;
/** The file with a daemon's process id. */
export const pidFileOf = (daemon: string): string => `${PLACES.pids}/${daemon}.pid`;
