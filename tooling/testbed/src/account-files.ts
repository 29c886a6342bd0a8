/** /etc/hosts, passwd, group, shadow and ssh's two client files: the machine's text, with the cluster's people and nodes in it. */
import type { ClusterPlan, ClusterUser } from "./cluster-plan.ts";
import { hosts } from "./cluster-plan.ts";

/** The cluster's /etc/hosts. */
export const hostsFile = (plan: ClusterPlan): string =>
  ["127.0.0.1 localhost", "::1 localhost", ...hosts(plan).map(({ address, name }) => `${address} ${name}`), ""].join(
    "\n",
  );

/** @param machines the machine's /etc/passwd, whose daemons' users stay (passwd(5)). */
export const passwdFile = (machines: string, users: readonly ClusterUser[]): string =>
  withLines(machines, users, ({ name, uid, home, shell }) => `${name}:x:${uid}:${uid}::${home}:${shell}`);

/** Each user has a group of her own, of the same name and number (group(5)). */
export const groupFile = (machines: string, users: readonly ClusterUser[]): string =>
  withLines(machines, users, ({ name, uid }) => `${name}:x:${uid}:`);

/** Nobody has a password, and nobody is locked out, which "!" would mean to sshd (shadow(5)). */
export const shadowFile = (machines: string, users: readonly ClusterUser[]): string =>
  withLines(machines, users, ({ name }) => `${name}:*:20000:0:99999:7:::`);

/** @param keys each host's public key, by its name (sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT"). */
export const knownHostsFile = (plan: ClusterPlan, keys: ReadonlyMap<string, string>): string =>
  hosts(plan)
    .map(({ name, address }) => `${name},${address} ${keys.get(name) ?? ""}\n`)
    .join("");

function withLines(machines: string, users: readonly ClusterUser[], line: (user: ClusterUser) => string): string {
  const ours = new Set(users.map(({ name }) => name));
  const kept = machines.split("\n").filter((text) => text !== "" && !ours.has(text.split(":", 1)[0] ?? ""));
  return [...users.map(line), ...kept, ""].join("\n");
}
