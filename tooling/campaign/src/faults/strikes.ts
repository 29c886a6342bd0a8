/** What is done to programs on a cluster: to one of their processes, to a node, to a job, to Slurm. */
import { setTimeout as sleep } from "node:timers/promises";
import type { ClusterTarget } from "../world/cluster-target.ts";

/** The silence after which a node counts as lost, in milliseconds. */
export const SILENCE_MS = 4_000;

/** What is done at the moment. */
export type Strike = (target: ClusterTarget) => Promise<void>;

type Where = "headNode" | "otherNode" | "login";

const nodeOf = (target: ClusterTarget, where: Where): string => (where === "login" ? "login" : target[where]);

/** A signal to one process of a kind on a node, at random. */
export const to =
  (where: Where, what: RegExp, name: NodeJS.Signals): Strike =>
  async (target) => {
    const found = await target.find(nodeOf(target, where), what);
    if (found.length > 0) target.signal(target.random.oneOf(found), name);
  };

/** One process of a kind stands still for a while: shorter than a silence, or longer. */
export const pausing =
  (where: Where, what: RegExp): Strike =>
  async (target) => {
    const [pid] = await target.find(nodeOf(target, where), what);
    if (pid === undefined) return;
    target.signal(pid, "SIGSTOP");
    await sleep(target.random.oneOf([300, 2 * SILENCE_MS]));
    target.signal(pid, "SIGCONT");
  };

/** A command of Slurm's for one of the jobs, at random. */
export const slurm =
  (...command: readonly string[]): Strike =>
  async (target) => {
    const ids = await target.jobIds();
    if (ids.length > 0) await target.run("login", ...command, String(target.random.oneOf(ids)));
  };

/** A node's cable is pulled for a while. */
export const cutForAWhile =
  (where: Where): Strike =>
  async (target) => {
    const node = nodeOf(target, where);
    await target.cluster.fault.cut(node);
    await sleep(target.random.oneOf([500, 2 * SILENCE_MS]));
    await target.cluster.fault.heal(node);
  };

/** Slurm's controller does not answer for a while. */
export const controllerHangs: Strike = async ({ cluster, random }) => {
  await cluster.fault.hangSlurmctld();
  await sleep(random.between(500, 3_000));
  await cluster.fault.startSlurmctld();
};

/** Slurm's controller is not there for a while. */
export const controllerStops: Strike = async ({ cluster, random }) => {
  await cluster.fault.stopSlurmctld();
  await sleep(random.between(500, 3_000));
  await cluster.fault.startSlurmctld();
};

/** Slurm lets a job that was put back wait for two minutes: here it waits no longer than it must. */
export async function requeue(target: ClusterTarget): Promise<void> {
  const ids = await target.jobIds();
  if (ids.length === 0) return;
  const id = target.random.oneOf(ids);
  await target.run("login", "scontrol", "requeue", String(id));
  const waits = async (): Promise<boolean> =>
    (await target.cluster.job(id)).some(({ state }) => state === "PENDING" || state === "COMPLETING");
  for (let left = 60; left > 0 && (await waits()); left -= 1) {
    await target.run("login", "scontrol", "update", `JobId=${id}`, "StartTime=now");
    await sleep(500);
  }
}
