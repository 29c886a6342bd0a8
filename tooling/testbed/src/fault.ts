/** What breaks on real clusters, done to a node on purpose, and undone. */
import { bringUp, startDaemons, untilUsable } from "./build-cluster.ts";
import type { Host } from "./cluster-plan.ts";
import { killDaemon, signalDaemon, slurmctldOn, slurmdOn, sshdOn } from "./daemons.ts";
import { removeLink, setLink } from "./network.ts";
import { processesOn } from "./node-processes.ts";
import { isAlive, sendSignal } from "@hyperion-ts/processes";
import { hostNamed, nodeInit } from "./site.ts";
import type { Site } from "./site.ts";
import { nodeStates, slurm } from "./slurm-client.ts";
import { freeLink, slowLink } from "./slow-link.ts";
import { slurmctldFaultsOf, untilAnswers } from "./slurmctld-fault.ts";
import type { SlurmctldFaults } from "./slurmctld-fault.ts";
import { TestbedError } from "./testbed-error.ts";
import { waitUntil } from "./wait-until.ts";

/** Faults of nodes (`login` is one, too). Each returns when it is in effect; what notices it, and when, is the program's affair. */
export interface Faults extends SlurmctldFaults {
  /** Pulls the node's network cable: what runs there goes on, unheard. */
  readonly cut: (node: string) => Promise<void>;
  /** Makes each round trip to and from the node longer by `delayMs`. A second call replaces the first one's delay. */
  readonly slow: (node: string, options: { readonly delayMs: number }) => Promise<void>;
  /** Kills the node's sshd: new connections are refused. Open sessions go on unless `sessions` is true. */
  readonly killSshd: (node: string, options?: { readonly sessions?: boolean }) => Promise<void>;
  /** Kills the node's slurmd. Jobs on it go on until slurmctld gives the node up. */
  readonly killSlurmd: (node: string) => Promise<void>;
  /** Takes the node's power: all its processes end at once, and nobody is told. */
  readonly stop: (node: string) => Promise<void>;
  /** Undoes all of it: boots a stopped node, plugs the cable in, takes the delay away, starts sshd and slurmd (on `login` slurmctld, which may hang as well); returns when Slurm would give the node work. */
  readonly heal: (node: string, options?: { readonly timeoutMs?: number }) => Promise<void>;
}

/** The faults of a cluster's machines. */
export function faultsOf(site: Site): Faults {
  const holder = site.holder.init;
  const withPower = (name: string): Host => {
    if (nodeInit(site, name) === undefined) throw new TestbedError("node-stopped", `${name} is stopped already.`);
    return hostNamed(site, name);
  };
  return {
    ...slurmctldFaultsOf(site),
    cut: async (node) => void (await setLink(holder, withPower(node), "down")),
    slow: (node, { delayMs }) => slowLink(holder, withPower(node), delayMs),
    killSshd: (node, options = {}) => killSshd(site, withPower(node), options.sessions ?? false),
    killSlurmd: (node) => killDaemon(site, slurmdOn(withPower(node).name)),
    stop: (node) => stop(site, withPower(node)),
    heal: (node, options = {}) => heal(site, hostNamed(site, node), options.timeoutMs ?? 60_000),
  };
}

async function killSshd(site: Site, { name }: Host, sessions: boolean): Promise<void> {
  await killDaemon(site, sshdOn(name));
  if (!sessions) return;
  for (const { pid, argv } of processesOn(site, name)) if (isSession(argv)) sendSignal(pid, "SIGKILL");
}

/** What sshd writes over its arguments: `sshd: alice@notty`; since OpenSSH 9.8 in programs of their own, `sshd-session: alice [priv]`. */
const isSession = ([title = ""]: readonly string[]): boolean => /^sshd(-session|-auth)?:/.test(title);

/** The cable goes first: a kernel that ends processes would say goodbye to their peers. */
async function stop(site: Site, host: Host): Promise<void> {
  await setLink(site.holder.init, host, "down");
  const init = nodeInit(site, host.name);
  if (init === undefined) return;
  sendSignal(init.pid, "SIGKILL");
  await waitUntil({ what: `${host.name}'s processes to end`, timeoutMs: 20_000 }, () =>
    isAlive(init) ? undefined : true,
  );
}

async function heal(site: Site, host: Host, timeoutMs: number): Promise<void> {
  const holder = site.holder.init;
  await freeLink(holder, host);
  if (nodeInit(site, host.name) === undefined) {
    await removeLink(holder, host);
    await bringUp(site, host, timeoutMs);
  } else {
    await setLink(holder, host, "up");
    if (host.name === site.plan.login.name) signalDaemon(site, slurmctldOn(host.name), "SIGCONT");
    await startDaemons(site, host, timeoutMs);
  }
  if (host.name === site.plan.login.name) await untilAnswers(site, timeoutMs);
  else await untilUsable(site, [host], timeoutMs, () => resume(site, host));
}

/** Slurm takes a node that was down back by itself, at its next round of questions. This is quicker. */
async function resume(site: Site, { name }: Host): Promise<void> {
  const state = (await nodeStates(site)).find((node) => node.name === name);
  if (state?.state === "down")
    await slurm(site, ["scontrol", "update", `NodeName=${name}`, "State=RESUME"]).catch(() => undefined);
}
