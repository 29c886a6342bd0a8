/** munged, slurmctld, the two of accounting, and each node's slurmd and sshd: started, looked for, killed. */
import { readFileSync, rmSync } from "node:fs";
import type { ClusterPlan, Host } from "./cluster-plan.ts";
import { commandIn, inside, startIn } from "./enter.ts";
import type { Entrance } from "./enter.ts";
import { DAEMON_NAME, logOf, pidFileOf, PLACES } from "./places.ts";
import { allProcesses, pidNamespace, sendSignal, statusOf } from "@hyperion-ts/processes";
import type { ProcessEntry, ProcessId } from "@hyperion-ts/processes";
import type { Site } from "./site.ts";
import { nodeInit, runningNode } from "./site.ts";
import { sshdConfigOf } from "./sshd-config.ts";
import { TestbedError } from "./testbed-error.ts";
import { waitUntil } from "./wait-until.ts";

/** Who a daemon is, and which machine it runs on (munged serves all of them, and is on none). */
export interface Daemon {
  /** As in the name of its log. */
  readonly name: string;
  /** What the kernel calls its process. */
  readonly comm: "munged" | "mariadbd" | "slurmdbd" | "slurmctld" | "slurmd" | "sshd";
  /** The machine that it runs on. */
  readonly host?: string;
  /** It is there once the daemon serves. */
  readonly pidFile: string;
}

/** The munged of all machines. */
export const MUNGED: Daemon = { name: DAEMON_NAME.munged, comm: "munged", pidFile: `${PLACES.munge}/munged.pid` };
/** The MariaDB of a machine. */
export const mariadbOn = (host: string): Daemon => hostDaemon("mariadbd", DAEMON_NAME.mariadb, host);
/** The slurmdbd of a machine. */
export const slurmdbdOn = (host: string): Daemon => hostDaemon("slurmdbd", DAEMON_NAME.slurmdbd, host);
/** The slurmctld of a machine. */
export const slurmctldOn = (host: string): Daemon => hostDaemon("slurmctld", DAEMON_NAME.slurmctld, host);
/** The slurmd of a machine. */
export const slurmdOn = (host: string): Daemon => hostDaemon("slurmd", DAEMON_NAME.slurmd(host), host);
/** The sshd of a machine. */
export const sshdOn = (host: string): Daemon => hostDaemon("sshd", DAEMON_NAME.sshd(host), host);

const hostDaemon = (comm: Daemon["comm"], name: string, host: string): Daemon => ({
  name,
  comm,
  host,
  pidFile: pidFileOf(name),
});

/** The daemons of one machine. */
export const daemonsOf = ({ plan }: Site, { name }: Host): readonly Daemon[] => [
  sshdOn(name),
  ...(name === plan.login.name && plan.accounting !== undefined ? [mariadbOn(name), slurmdbdOn(name)] : []),
  name === plan.login.name ? slurmctldOn(name) : slurmdOn(name),
];

/**
 * Starts it unless it runs; returns when its pid file says that it serves.
 *
 * @throws TestbedError `not-started` when it refuses, `timeout` when it says nothing: with its log
 */
export async function startDaemon(site: Site, daemon: Daemon, timeoutMs: number): Promise<void> {
  if (findDaemon(site, daemon) !== undefined) return;
  const where = daemon.host === undefined ? site.holder.init : runningNode(site, daemon.host);
  const instead = (): string => lastLines(site, daemon);
  // That of a killed one would speak for the new one, where it gets the same number.
  rmSync(inside(site.holder.init, daemon.pidFile), { force: true });
  await launch(where, daemon, site.plan).catch((error: unknown) => {
    throw new TestbedError("not-started", `${daemon.name} did not start.\n${instead()}`, { cause: error });
  });
  let looksInVain = 0;
  await waitUntil({ what: `${daemon.name} to start`, timeoutMs, instead }, () => {
    const found = findDaemon(site, daemon);
    looksInVain = daemon.comm === "sshd" || processesOf(daemon, where).length > 0 ? 0 : looksInVain + 1;
    if (found === undefined && looksInVain === ENOUGH_LOOKS)
      throw new TestbedError("not-started", `${daemon.name} did not start: it has ended.\n${instead()}`);
    return found;
  });
}

/**
 * Since Slurm 24.11 daemons go into the background before they look at all of their settings, and may end there. One
 * that is not in /proc at one look may have forked during that look.
 */
const ENOUGH_LOOKS = 4;

function processesOf({ comm }: Daemon, init: ProcessId): readonly ProcessEntry[] {
  const namespace = pidNamespace(init.pid);
  return allProcesses().filter(
    (entry) => entry.comm === comm && entry.state !== "Z" && pidNamespace(entry.pid) === namespace,
  );
}

/** The daemon's own process: not its children, such as sshd's sessions. */
export function findDaemon(site: Site, daemon: Daemon): ProcessEntry | undefined {
  const { host, pidFile } = daemon;
  const init = host === undefined ? site.holder.init : nodeInit(site, host);
  const number = Number(readOr(inside(site.holder.init, pidFile), ""));
  if (init === undefined || number === 0) return undefined;
  return processesOf(daemon, init).find(({ pid }) => innerPid(pid) === number);
}

/** Its number in the innermost namespace that it is in: what pid files in the cluster have. */
const innerPid = (pid: number): number => Number(/\d+$/.exec(statusOf(pid, "NSpid") ?? "")?.[0]);

/** Does nothing where it does not run. */
export async function killDaemon(site: Site, daemon: Daemon): Promise<void> {
  const found = findDaemon(site, daemon);
  if (found === undefined) return;
  sendSignal(found.pid, "SIGKILL");
  await waitUntil({ what: `${daemon.name} to end`, timeoutMs: 10_000 }, () =>
    findDaemon(site, daemon) === undefined ? true : undefined,
  );
}

/** Does nothing where it does not run. */
export function signalDaemon(site: Site, daemon: Daemon, signal: "SIGTERM" | "SIGSTOP" | "SIGCONT"): void {
  if (daemon.host !== undefined) runningNode(site, daemon.host);
  const found = findDaemon(site, daemon);
  if (found !== undefined) sendSignal(found.pid, signal);
}

/** The end of its log, for a message. */
export function lastLines(site: Site, { name }: Daemon, count = 15): string {
  const lines = readOr(inside(site.holder.init, logOf(name)), "")
    .trimEnd()
    .split("\n")
    .slice(-count);
  return `The end of ${name}'s log:\n${lines.map((line) => `  ${line}`).join("\n")}`;
}

/** Is it the shell that writes sshd's log? */
export const isLogWriter = (args: readonly string[]): boolean => args[2] === TIMED_LOG;

/** OpenSSH writes no times into its log, so a shell does. */
const TIMED_LOG = `"$@" 2>&1 </dev/null | while IFS= read -r line; do printf '%s %s\\n' "$EPOCHREALTIME" "$line"; done >>"$0"`;

/** What a daemon says before it opens its log goes into its log, too. */
const PLAIN_LOG = `exec "$@" >>"$0" 2>&1`;

/** Most daemons go into the background when they have read their settings; sshd stays in front to log, so its settings are tried before. */
async function launch(where: Entrance, { name, comm, host = "" }: Daemon, { accounting }: ClusterPlan): Promise<void> {
  const sshd = ["/usr/sbin/sshd", "-f", sshdConfigOf(host)];
  const commands = {
    munged: ["setpriv", "--reuid=munge", "--regid=munge", "--init-groups", "munged", ...MUNGED_ARGS],
    slurmdbd: ["slurmdbd"],
    // It saves the use of accounts every five minutes only, and since Slurm 26.05 does not start without it where it ran before.
    slurmctld: ["slurmctld", ...(accounting === undefined ? [] : ["-i"])],
    slurmd: ["slurmd", "-N", host],
    sshd: [...sshd, "-t"],
  } as const;
  // It never goes into the background.
  if (comm === "mariadbd") return await startIn(where, ["sh", "-c", PLAIN_LOG, logOf(name), ...MARIADBD]);
  await commandIn(where, "all", ["sh", "-c", PLAIN_LOG, logOf(name), ...commands[comm]]);
  if (comm === "sshd") await startIn(where, ["bash", "-c", TIMED_LOG, logOf(name), ...sshd, "-D", "-e"]);
}

/** munged lets nobody but its own user write where its files are. */
const MUNGED_ARGS = [
  `--socket=${PLACES.munge}/munge.socket.2`,
  `--pid-file=${MUNGED.pidFile}`,
  `--log-file=${PLACES.munge}/munged.log`,
  `--seed-file=${PLACES.munge}/munged.seed`,
  "--key-file=/etc/munge/munge.key",
];

/** In memory, for a short time: nothing is written twice, but what is committed is there when the process was killed. On a socket that only root reaches, everybody is root. */
const MARIADBD = [
  "mariadbd",
  "--no-defaults",
  "--user=root",
  `--datadir=${PLACES.database}`,
  `--socket=${PLACES.databaseSocket}/mysqld.sock`,
  `--pid-file=${pidFileOf(DAEMON_NAME.mariadb)}`,
  `--init-file=${PLACES.databaseSetup}`,
  "--skip-grant-tables",
  "--skip-networking",
  "--skip-log-bin",
  "--performance-schema=OFF",
  "--innodb-flush-log-at-trx-commit=2",
  "--innodb-doublewrite=0",
  "--innodb-use-native-aio=0",
  // Slurm asks for both.
  "--innodb-lock-wait-timeout=900",
  "--loose-innodb-snapshot-isolation=OFF",
  "--innodb-buffer-pool-size=16M",
  "--innodb-log-file-size=4M",
  "--aria-log-file-size=8M",
];

function readOr(file: string, other: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return other;
  }
}
