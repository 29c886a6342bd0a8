/** Fills the cluster's own /etc, and the homes of its users. */
import { chmod, copyFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { cgroupConf } from "./cgroup-conf.ts";
import { writeAccountingFiles } from "./accounting.ts";
import { groupFile, hostsFile, knownHostsFile, passwdFile, shadowFile } from "./account-files.ts";
import { hosts } from "./cluster-plan.ts";
import type { ClusterPlan, ClusterUser } from "./cluster-plan.ts";
import { commandIn, inside } from "./enter.ts";
import { PLACES } from "./places.ts";
import type { ProcessId } from "@hyperion-ts/processes";
import { gresConf, slurmConf } from "./slurm-conf.ts";
import { bannerOf, bannerText, hostKeyOf, sshdConfig, sshdConfigOf } from "./sshd-config.ts";
import { submitLatencyScript } from "./submit-latency.ts";
import { systemCommand } from "./system-command.ts";

/** Everything that daemons and users find in files. */
export async function writeFiles(init: ProcessId, plan: ClusterPlan): Promise<void> {
  const etc = (path: string): string => inside(init, `/etc/${path}`);
  await Promise.all([
    writeFile(inside(init, PLACES.plan), JSON.stringify(plan)),
    writeFile(etc("hosts"), hostsFile(plan)),
    writeFile(etc("hostname"), `${plan.login.name}\n`),
    rewrite(etc("passwd"), (text) => passwdFile(text, plan.users)),
    rewrite(etc("group"), (text) => groupFile(text, plan.users)),
    rewrite(etc("shadow"), (text) => shadowFile(text, plan.users)),
    writeSlurmFiles(init, plan).then(() => plan.accounting && writeAccountingFiles(init, plan)),
    writeMungeKey(init),
    writeSshFiles(init, plan),
    ...plan.users.map((user) => makeHome(init, user)),
  ]);
}

/** The key that lets a user from node to node without a question. */
export const userKeyOf = ({ home }: ClusterUser): string => `${home}/.ssh/id_ed25519`;

async function rewrite(file: string, change: (text: string) => string): Promise<void> {
  await writeFile(file, change(await readFile(file, "utf8")));
}

async function writeSlurmFiles(init: ProcessId, plan: ClusterPlan): Promise<void> {
  const folder = inside(init, "/etc/slurm");
  await mkdir(folder, { recursive: true });
  const latency = plan.sbatchLatencyMs > 0 ? { "job_submit.lua": submitLatencyScript(plan.sbatchLatencyMs) } : {};
  const files = {
    "slurm.conf": slurmConf(plan),
    "gres.conf": gresConf(plan),
    "cgroup.conf": cgroupConf(plan.cgroups),
    ...latency,
  };
  await Promise.all(Object.entries(files).map(([name, text]) => writeFile(join(folder, name), text)));
  await Promise.all(plan.nodes.map(({ name }) => mkdir(inside(init, `${PLACES.slurmdSpool}/${name}`))));
  await Promise.all(
    Array.from({ length: Math.max(...plan.nodes.map(({ gpus }) => gpus)) }, (_, gpu) =>
      makeGpu(init, gpu, plan.cgroups),
    ),
  );
}

/**
 * Slurm wants a device file for each GPU: this one is /dev/null's twin. Where it keeps jobs from others' GPUs it goes by
 * the device's number, so each has one of its own, out of a range that is nobody's (the kernel's admin-guide/devices,
 * "LOCAL/EXPERIMENTAL USE"): who may open it is told that there is no such device, who may not that it is not permitted.
 */
const makeGpu = (init: ProcessId, gpu: number, isGuarded: boolean): Promise<string> =>
  systemCommand("mknod", [
    "-m",
    "666",
    inside(init, `${PLACES.gpus}/${gpu}`),
    "c",
    ...(isGuarded ? ["60", String(gpu)] : ["1", "3"]),
  ]);

async function writeMungeKey(init: ProcessId): Promise<void> {
  await mkdir(inside(init, "/etc/munge"), { recursive: true });
  await rm(inside(init, "/etc/munge/munge.key"), { force: true });
  await writeFile(inside(init, "/etc/munge/munge.key"), randomBytes(128), { mode: 0o600 });
  await commandIn(init, "mounts", ["chown", "-R", "munge:munge", "/etc/munge", PLACES.munge]);
}

/** The machine's own settings and keys of ssh take no part. */
async function writeSshFiles(init: ProcessId, plan: ClusterPlan): Promise<void> {
  const publicKeys = new Map(
    await Promise.all(hosts(plan).map(async ({ name }) => [name, await makeKey(init, hostKeyOf(name), name)] as const)),
  );
  await Promise.all(
    hosts(plan).flatMap((host) => {
      const banner = bannerText(host);
      const config = writeFile(inside(init, sshdConfigOf(host.name)), sshdConfig(host));
      return banner === undefined ? [config] : [config, writeFile(inside(init, bannerOf(host.name)), `${banner}\n`)];
    }),
  );
  const folder = inside(init, "/etc/ssh");
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder);
  await writeFile(join(folder, "ssh_known_hosts"), knownHostsFile(plan, publicKeys));
  await writeFile(join(folder, "ssh_config"), "Host *\n  HashKnownHosts no\n");
}

/** @returns the public key, without its comment. */
async function makeKey(init: ProcessId, path: string, comment: string): Promise<string> {
  await systemCommand("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", comment, "-f", inside(init, path)]);
  return (await readFile(inside(init, `${path}.pub`), "utf8")).split(" ").slice(0, 2).join(" ");
}

async function makeHome(init: ProcessId, user: ClusterUser): Promise<void> {
  const at = (path: string): string => inside(init, join(user.home, path));
  await mkdir(at(".ssh"), { recursive: true, mode: 0o700 });
  await mkdir(at(".config/fish"), { recursive: true });
  await makeKey(init, userKeyOf(user), `${user.name}@testbed`);
  await copyFile(at(".ssh/id_ed25519.pub"), at(".ssh/authorized_keys"));
  if (user.loginPrints !== undefined) {
    await writeFile(at(".login-prints"), `${user.loginPrints}\n`);
    await Promise.all(
      [".bashrc", ".bash_profile", ".zshenv", ".tcshrc", ".cshrc", ".config/fish/config.fish"].map((file) =>
        writeFile(at(file), "cat ~/.login-prints\n"),
      ),
    );
  }
  await chmod(at(""), 0o700);
  await systemCommand("chown", ["-R", `${user.uid}:${user.uid}`, at("")]);
}
