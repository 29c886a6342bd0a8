/** The cluster's network: a bridge in the holder's network namespace, and a link from it to each node. */
import type { Host } from "./cluster-plan.ts";
import { commandIn } from "./enter.ts";
import type { ProcessId } from "@hyperion-ts/processes";

/** The link that all machines of a cluster share. */
export const BRIDGE = "cluster0";
/** The bridge's end of a node's link. */
export const linkOf = ({ index }: Host): string => `node${index}`;

/** Lines for `ip -batch`, in the network namespace of that process. */
export const ip = (where: ProcessId, lines: readonly string[]): Promise<string> =>
  commandIn(where, "network", ["ip", "-batch", "-"], `${lines.join("\n")}\n`);

/** Makes the bridge, up, without a link yet. */
export const makeBridge = (holder: ProcessId): Promise<string> =>
  ip(holder, ["link set lo up", `link add ${BRIDGE} type bridge`, `link set ${BRIDGE} up`]);

/** A node's hardware address stays when it boots again: the others remember it. */
const macOf = ({ index }: Host): string => `02:00:0a:63:00:${index.toString(16).padStart(2, "0")}`;

/** @param node the node's first process */
export async function connect(holder: ProcessId, node: ProcessId, host: Host): Promise<void> {
  const link = linkOf(host);
  await ip(holder, [
    `link add ${link} type veth peer name eth0 address ${macOf(host)} netns ${node.pid}`,
    `link set ${link} master ${BRIDGE} up`,
  ]);
  await ip(node, ["link set lo up", `addr add ${host.address}/24 dev eth0`, "link set eth0 up"]);
}

/** Plugs a node's cable in or pulls it, at the bridge's end. */
export const setLink = (holder: ProcessId, host: Host, state: "up" | "down"): Promise<string> =>
  ip(holder, [`link set ${linkOf(host)} ${state}`]);

/** The kernel does so, too, when the node's last process has ended, but not at once. */
export async function removeLink(holder: ProcessId, host: Host): Promise<void> {
  const links = await ip(holder, ["link show type veth"]);
  if (links.includes(` ${linkOf(host)}@`)) await ip(holder, [`link del ${linkOf(host)}`]);
}
