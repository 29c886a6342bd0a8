/** What befalls Slurm's controller on real clusters: it is down, it hangs, or it comes back with an older state. */
import { readdir } from "node:fs/promises";
import { diagnosis } from "./build-cluster.ts";
import { findDaemon, killDaemon, signalDaemon, slurmctldOn, startDaemon } from "./daemons.ts";
import type { Daemon } from "./daemons.ts";
import { commandIn, inside } from "./enter.ts";
import { PLACES } from "./places.ts";
import { runningNode } from "./site.ts";
import type { Site } from "./site.ts";
import { nodeStates } from "./slurm-client.ts";
import { TestbedError } from "./testbed-error.ts";
import { waitUntil } from "./wait-until.ts";

/**
 * Faults of slurmctld, which runs on `login`. Jobs that run go on.
 *
 * @throws TestbedError `node-stopped` when login is without power
 */
export interface SlurmctldFaults {
  /** Ends slurmctld in order, its state saved: Slurm's commands say that they can't reach it. Does nothing where it does not run. */
  readonly stopSlurmctld: () => Promise<void>;
  /** Halts slurmctld (SIGSTOP): Slurm's commands reach it and get no answer, until their MessageTimeout (5 s here). */
  readonly hangSlurmctld: () => Promise<void>;
  /**
   * Starts slurmctld, or lets one that hangs go on; returns when it answers. With `state` it starts (again) with what
   * was saved under that name: what has happened since it never knew, and it gives numbers of later jobs once more.
   *
   * @throws TestbedError `bad-options` when nothing was saved under that name
   */
  readonly startSlurmctld: (options?: StartSlurmctldOptions) => Promise<void>;
  /** Keeps slurmctld's present state under a name (letters, digits, `-`). It is stopped and started for that. */
  readonly saveSlurmctldState: (name: string) => Promise<void>;
}

/** With which state to start, and how long to wait. */
export interface StartSlurmctldOptions {
  /** A name that was given to `saveSlurmctldState`. Default: the state in which it ended. */
  readonly state?: string;
  /** Default 60,000. */
  readonly timeoutMs?: number;
}

/** The faults of the cluster's controller. */
export function slurmctldFaultsOf(site: Site): SlurmctldFaults {
  const daemon = slurmctldOn(site.plan.login.name);
  const start = async ({ state, timeoutMs = 60_000 }: StartSlurmctldOptions = {}): Promise<void> => {
    if (state !== undefined) await putBack(site, daemon, state);
    signalDaemon(site, daemon, "SIGCONT");
    await startDaemon(site, daemon, timeoutMs);
    await untilAnswers(site, timeoutMs);
  };
  return {
    stopSlurmctld: () => stop(site, daemon),
    hangSlurmctld: async () => signalDaemon(site, daemon, "SIGSTOP"),
    startSlurmctld: start,
    saveSlurmctldState: async (name) => {
      await save(site, daemon, name);
      await start();
    },
  };
}

/** Waits until slurmctld answers. */
export async function untilAnswers(site: Site, timeoutMs: number): Promise<void> {
  await waitUntil({ what: "slurmctld to answer", timeoutMs, instead: () => diagnosis(site) }, () =>
    nodeStates(site).catch(() => undefined),
  );
}

async function stop(site: Site, daemon: Daemon): Promise<void> {
  signalDaemon(site, daemon, "SIGTERM");
  // One that hangs must go on to hear it.
  signalDaemon(site, daemon, "SIGCONT");
  await waitUntil({ what: "slurmctld to end", timeoutMs: 60_000 }, () =>
    findDaemon(site, daemon) === undefined ? true : undefined,
  );
}

async function save(site: Site, daemon: Daemon, name: string): Promise<void> {
  if (!/^[a-zA-Z0-9-]+$/.test(name))
    throw new TestbedError(
      "bad-options",
      `A state of slurmctld can't be saved under ${JSON.stringify(name)}: use letters, digits and "-".`,
    );
  await stop(site, daemon);
  await copyFolder(site, PLACES.slurmState, `${PLACES.savedStates}/${name}`);
}

async function putBack(site: Site, daemon: Daemon, name: string): Promise<void> {
  const saved = await readdir(inside(site.holder.init, PLACES.savedStates));
  if (!saved.includes(name))
    throw new TestbedError(
      "bad-options",
      `No state of slurmctld was saved as ${JSON.stringify(name)}: ${saved.length === 0 ? "none was saved" : `there is ${saved.join(", ")}`}.`,
    );
  await killDaemon(site, daemon);
  await copyFolder(site, `${PLACES.savedStates}/${name}`, PLACES.slurmState);
}

async function copyFolder({ holder, plan }: Site, from: string, to: string): Promise<void> {
  const login = runningNode({ holder, plan }, plan.login.name);
  await commandIn(login, "mounts", ["rm", "-rf", to]);
  await commandIn(login, "mounts", ["cp", "-a", from, to]);
}
