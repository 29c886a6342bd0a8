/** Where the command line writes down which clusters it has up: below /run, which a boot of the machine empties as well. */
import { mkdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import type { ClusterPlan } from "../cluster-plan.ts";
import { inside } from "../enter.ts";
import type { Holder } from "../holder.ts";
import { PLACES } from "../places.ts";
import { isAlive } from "@hyperion-ts/processes";
import type { Site } from "../site.ts";

const FOLDER = "/run/hyperion-testbed";
const fileOf = (name: string): string => `${FOLDER}/${name}.json`;

/** Writes down that the cluster of that name is up. */
export function writeState(name: string, holder: Holder): void {
  mkdirSync(FOLDER, { recursive: true, mode: 0o700 });
  writeFileSync(fileOf(name), JSON.stringify(holder), { mode: 0o600 });
}

/** The cluster of that name, if it is up; what an ended one has left written is removed. */
export function findCluster(name: string): Site | undefined {
  const holder = readJson<Holder>(fileOf(name));
  if (holder === undefined) return undefined;
  // Process numbers come round; the start time tells whether it is the same process.
  const plan = isAlive(holder.init) ? readJson<ClusterPlan>(inside(holder.init, PLACES.plan)) : undefined;
  if (plan !== undefined) return { holder, plan };
  removeState(name);
  return undefined;
}

/** Takes that back; does nothing where it was not written. */
export function removeState(name: string): void {
  rmSync(fileOf(name), { force: true });
  try {
    rmdirSync(FOLDER);
  } catch {
    // Another cluster is up.
  }
}

function readJson<T>(file: string): T | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as T;
  } catch {
    return undefined;
  }
}
