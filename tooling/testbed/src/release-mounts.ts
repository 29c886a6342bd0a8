/**
 * The mounts that make a cluster one of a Debian release: its /usr (where /bin, /sbin and /lib lead, too) covers the
 * machine's, read-only and without a copy. /usr/local and all other folders stay the machine's, at the same paths, so
 * that a project, its Node.js and its data are where they are.
 */
import { mkdir } from "node:fs/promises";
import { commandIn, inside } from "./enter.ts";
import { PLACES } from "./places.ts";
import type { ProcessId } from "@hyperion-ts/processes";
import type { Release } from "./release.ts";
import { rootOf } from "./release.ts";

/** In the holder's mount namespace. */
export async function mountRelease(init: ProcessId, release: Release): Promise<void> {
  const mount = (...args: readonly string[]): Promise<string> => commandIn(init, "mounts", ["mount", ...args]);
  const machines = `${PLACES.underneath}/usr_local`;
  await mkdir(inside(init, machines), { recursive: true });
  await mount("--rbind", "/usr/local", machines);
  await mount("--bind", `${rootOf(release)}/usr`, "/usr");
  await mount("-o", "remount,bind,ro", "/usr");
  await mount("--rbind", machines, "/usr/local");
}

/** Which /etc the cluster gets a copy of. */
export const etcOf = (release: Release | undefined): string =>
  release === undefined ? "/etc" : `${rootOf(release)}/etc`;
