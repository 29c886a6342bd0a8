/** From a plan to a cluster whose nodes are idle. */
import { startAccounting } from "./accounting.ts";
import { prepareCgroups } from "./cgroup-conf.ts";
import { hosts } from "./cluster-plan.ts";
import type { ClusterPlan, Host } from "./cluster-plan.ts";
import { daemonsOf, findDaemon, lastLines, MUNGED, slurmctldOn, startDaemon } from "./daemons.ts";
import type { Daemon } from "./daemons.ts";
import { writeFiles } from "./etc.ts";
import type { Holder } from "./holder.ts";
import { makeBridge } from "./network.ts";
import { bootNode } from "./node-boot.ts";
import { makeMounts } from "./private-mounts.ts";
import type { Site } from "./site.ts";
import { nodeStates } from "./slurm-client.ts";
import { waitUntil } from "./wait-until.ts";

/** Does not end the holder where it fails: its caller does. */
export async function buildCluster(holder: Holder, plan: ClusterPlan, timeoutMs: number): Promise<Site> {
  const site = { holder, plan };
  await makeMounts(holder.init, plan);
  if (holder.cgroups !== undefined) prepareCgroups(holder.init, holder.cgroups, plan.nodes);
  await Promise.all([writeFiles(holder.init, plan), makeBridge(holder.init)]);
  await startDaemon(site, MUNGED, timeoutMs);
  await Promise.all(hosts(plan).map((host) => bringUp(site, host, timeoutMs)));
  await untilUsable(site, plan.nodes, timeoutMs);
  return site;
}

/** Boots a machine and starts its daemons, as far as it is not up already. */
export async function bringUp(site: Site, host: Host, timeoutMs: number): Promise<void> {
  await bootNode(site.holder, host);
  await startDaemons(site, host, timeoutMs);
}

/** Starts the daemons of a machine that is up: those that do not run yet. */
export async function startDaemons(site: Site, host: Host, timeoutMs: number): Promise<void> {
  const { accounting, login } = site.plan;
  if (accounting !== undefined && host.name === login.name) await startAccounting(site, accounting, timeoutMs);
  await Promise.all(daemonsOf(site, host).map((daemon) => startDaemon(site, daemon, timeoutMs)));
}

/**
 * Waits until slurmctld hears from these nodes and would give them work.
 * @param nudge is done before each look, to hurry it up.
 */
export async function untilUsable(
  site: Site,
  nodes: readonly Host[],
  timeoutMs: number,
  nudge = async (): Promise<void> => undefined,
): Promise<void> {
  const names = new Set(nodes.map(({ name }) => name));
  const what = `${[...names].join(", ")} to be ready in Slurm`;
  await waitUntil({ what, timeoutMs, instead: () => diagnosis(site) }, async () => {
    await nudge().catch(() => undefined);
    const states = await nodeStates(site).catch(() => []);
    const ready = states.filter(({ name, state, responds }) => names.has(name) && responds && USABLE.has(state));
    return ready.length === names.size ? true : undefined;
  });
}

const USABLE: ReadonlySet<string> = new Set(["idle", "mixed", "allocated", "completing"]);

/** Which daemon does not run, with its log; else slurmctld's, which knows most. */
export async function diagnosis(site: Site): Promise<string> {
  const all: readonly Daemon[] = [MUNGED, ...hosts(site.plan).flatMap((host) => daemonsOf(site, host))];
  const dead = all.filter((daemon) => findDaemon(site, daemon) === undefined);
  const states = await nodeStates(site).catch((error: unknown) => String(error));
  const seen =
    typeof states === "string"
      ? states
      : `sinfo says: ${states.map(({ name, state }) => `${name} ${state}`).join(", ")}`;
  const about =
    dead.length === 0 ? "All daemons run." : `These daemons do not run: ${dead.map(({ name }) => name).join(", ")}.`;
  const logs = (dead.length === 0 ? [slurmctldOn(site.plan.login.name)] : dead.slice(0, 2)).map((daemon) =>
    lastLines(site, daemon),
  );
  return [about, seen, ...logs].join("\n");
}
