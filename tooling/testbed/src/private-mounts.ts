/**
 * The parts of the file system that a cluster has for itself: /etc, /run, /home, /var/log, /sys/fs/cgroup. All else is
 * the machine's, at the same paths, as on a cluster with a shared file system.
 */
import { lstat, mkdir, readdir, readlink, stat, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { ClusterPlan } from "./cluster-plan.ts";
import { commandIn, inside } from "./enter.ts";
import { PLACES } from "./places.ts";
import type { ProcessId } from "@hyperion-ts/processes";
import { etcOf, mountRelease } from "./release-mounts.ts";
import { TestbedError } from "./testbed-error.ts";

/** Mounts what the plan needs in the holder's mount namespace; nodes that start later have it, too. */
export async function makeMounts(init: ProcessId, plan: ClusterPlan): Promise<void> {
  await mountMemory(init, "/run");
  const folders = [
    PLACES.logs,
    PLACES.nodes,
    PLACES.pids,
    PLACES.gpus,
    PLACES.shares,
    PLACES.sshd,
    PLACES.slurmState,
    PLACES.savedStates,
    PLACES.slurmdSpool,
  ];
  for (const path of [...folders, PLACES.underneath, PLACES.munge, "/run/sshd", "/run/lock"])
    await mkdir(inside(init, path), { recursive: true });
  // What is to be shared is taken hold of before anything covers it.
  for (const [place, { from }] of plan.shares.entries()) await bind(init, from, shareAt(place));
  if (plan.release !== undefined) await mountRelease(init, plan.release);
  await commandIn(init, "mounts", ["cp", "-a", etcOf(plan.release), PLACES.etc]);
  await commandIn(init, "mounts", ["mount", "--bind", PLACES.etc, "/etc"]);
  await coverWithCopy(init, "/home");
  await mountMemory(init, "/var/log");
  // Programs that read which hierarchies are mounted must not find the machine's beneath the cluster's.
  if (plan.cgroups) await commandIn(init, "all", ["umount", "--recursive", "/sys/fs/cgroup"]);
  await mountMemory(init, "/sys/fs/cgroup");
  for (const [place, { to }] of plan.shares.entries()) await placeShare(init, shareAt(place), to);
}

const mount = (init: ProcessId, ...args: readonly string[]): Promise<string> =>
  commandIn(init, "mounts", ["mount", ...args]);
const mountMemory = (init: ProcessId, path: string): Promise<string> =>
  mount(init, "-t", "tmpfs", "-o", "mode=755", "tmpfs", path);
const shareAt = (place: number): string => `${PLACES.shares}/${place}`;

/** Mounts `from` at `to`, which is made: a folder for a folder, a file for a file. */
async function bind(init: ProcessId, from: string, to: string): Promise<void> {
  const source = await stat(inside(init, from)).catch((error: unknown) => {
    throw new TestbedError("bad-options", `${from} can't be shared with the cluster: it can't be read.`, {
      cause: error,
    });
  });
  if (source.isDirectory()) await mkdir(inside(init, to), { recursive: true });
  else await writeFile(inside(init, to), "", { flag: "a" });
  await mount(init, "--rbind", from, to);
}

async function placeShare(init: ProcessId, at: string, to: string): Promise<void> {
  if (!(await exists(init, to))) {
    const ancestor = await nearestFolder(init, dirname(to));
    if (ancestor === "/")
      throw new TestbedError(
        "bad-options",
        `${to} can't be made in the cluster: its first folder must exist, as /srv and /opt do.`,
      );
    if (!(await isPrivate(init, ancestor))) await coverWithCopy(init, ancestor);
  }
  await mkdir(inside(init, dirname(to)), { recursive: true });
  await bind(init, at, to);
}

/**
 * Puts memory over a folder, with all that is in the folder bound into it: it looks the same, and what is made in it
 * is not made on the machine.
 */
async function coverWithCopy(init: ProcessId, path: string): Promise<void> {
  const beneath = `${PLACES.underneath}/${path.slice(1).replaceAll("/", "_")}`;
  await bind(init, path, beneath);
  await mountMemory(init, path);
  for (const name of await readdir(inside(init, beneath))) {
    const [from, to] = [join(beneath, name), join(path, name)];
    if ((await lstat(inside(init, from))).isSymbolicLink())
      await symlink(await readlink(inside(init, from)), inside(init, to));
    else await bind(init, from, to);
  }
}

const exists = async (init: ProcessId, path: string): Promise<boolean> =>
  (await stat(inside(init, path)).catch(() => undefined)) !== undefined;

const nearestFolder = async (init: ProcessId, path: string): Promise<string> =>
  path === "/" || (await exists(init, path)) ? path : await nearestFolder(init, dirname(path));

/** Is it on memory of the cluster already? What is made there is not made on the machine. */
async function isPrivate(init: ProcessId, path: string): Promise<boolean> {
  const [here, root] = await Promise.all([stat(inside(init, path)), stat(inside(init, "/"))]);
  const outside = await stat(path).catch(() => undefined);
  return here.dev !== root.dev && here.dev !== outside?.dev;
}
