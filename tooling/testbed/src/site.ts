/** A cluster as all parts of this package hold it: its first process, and what was planned. */
import { readFileSync } from "node:fs";
import type { ClusterPlan, Host } from "./cluster-plan.ts";
import { hosts } from "./cluster-plan.ts";
import { inside } from "./enter.ts";
import type { Entrance } from "./enter.ts";
import type { Holder } from "./holder.ts";
import { PLACES } from "./places.ts";
import { isAlive } from "@hyperion-ts/processes";
import { TestbedError } from "./testbed-error.ts";

/** A cluster that runs, and what it was to be. */
export interface Site {
  /** The process that it hangs on. */
  readonly holder: Holder;
  /** What was decided before it started. */
  readonly plan: ClusterPlan;
}

/**
 * The host of that name: a node, or `login`.
 *
 * @throws TestbedError `unknown-node` when there is no node of that name
 */
export function hostNamed({ plan }: Site, name: string): Host {
  const host = hosts(plan).find((host) => host.name === name);
  if (host !== undefined) return host;
  const names = hosts(plan).map(({ name }) => name);
  throw new TestbedError(
    "unknown-node",
    `The cluster has no node called ${JSON.stringify(name)}. It has ${names.join(", ")}.`,
  );
}

/** The first process of a node that has power. */
export function nodeInit(site: Site, name: string): Entrance | undefined {
  hostNamed(site, name);
  if (!isAlive(site.holder.init)) throw new TestbedError("cluster-gone", "The cluster has ended.");
  try {
    const init = JSON.parse(readFileSync(inside(site.holder.init, nodeRecordOf(name)), "utf8")) as Entrance;
    return isAlive(init) ? init : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The first process of a node that runs.
 *
 * @throws TestbedError `node-stopped` when the node is without power, `unknown-node` when there is none of that name,
 *   `cluster-gone` when the whole cluster has ended
 */
export function runningNode(site: Site, name: string): Entrance {
  const init = nodeInit(site, name);
  if (init !== undefined) return init;
  throw new TestbedError(
    "node-stopped",
    `${name} is stopped, so nothing can be run there. fault.heal(${JSON.stringify(name)}) boots it.`,
  );
}

/** Where a node's first process is written down, as the machine numbers it. */
export const nodeRecordOf = (name: string): string => `${PLACES.nodes}/${name}`;
