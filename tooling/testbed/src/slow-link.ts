/** A node behind a slow cable: its link leaves the bridge, and a relay hands its frames on, later. */
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { Host } from "./cluster-plan.ts";
import { inside, startIn } from "./enter.ts";
import { BRIDGE, ip, linkOf } from "./network.ts";
import { logOf } from "./places.ts";
import type { ProcessEntry, ProcessId } from "@hyperion-ts/processes";
import { allProcesses, argumentsOf, pidNamespace, sendSignal } from "@hyperion-ts/processes";
import { waitUntil } from "./wait-until.ts";

/** @param delayMs by how much a round trip gets longer; half of it each way. */
export async function slowLink(holder: ProcessId, host: Host, delayMs: number): Promise<void> {
  await freeLink(holder, host);
  const [link, here, there] = [linkOf(host), `slow${host.index}`, `slow${host.index}b`];
  await ip(holder, [
    `link add ${here} type veth peer name ${there}`,
    `link set ${here} up`,
    `link set ${there} master ${BRIDGE} up`,
  ]);
  const log = logOf(`slow.${host.name}`);
  await startIn(holder, ["sh", "-c", 'exec "$@" 2>"$0"', log, "perl", relayScript, link, here, String(delayMs / 2000)]);
  const instead = (): Promise<string> => readFile(inside(holder, log), "utf8").catch(() => "");
  await waitUntil({ what: `the relay that slows ${host.name} to start`, timeoutMs: 10_000, instead }, () =>
    findRelay(holder, host),
  );
  await ip(holder, [`link set ${link} nomaster`]);
}

/** Full speed again, if it was slow. */
export async function freeLink(holder: ProcessId, host: Host): Promise<void> {
  const relay = findRelay(holder, host);
  if (relay !== undefined) sendSignal(relay.pid, "SIGKILL");
  const links = await ip(holder, [`link show type veth`]);
  if (!links.includes(` slow${host.index}@`)) return;
  await ip(holder, [`link del slow${host.index}`]);
  if (links.includes(` ${linkOf(host)}@`)) await ip(holder, [`link set ${linkOf(host)} master ${BRIDGE}`]);
}

/** It lies beside the sources, of which the package has a copy. */
const relayScript = fileURLToPath(new URL("../src/delay-link.pl", import.meta.url));

function findRelay(holder: ProcessId, host: Host): ProcessEntry | undefined {
  const namespace = pidNamespace(holder.pid);
  const isRelay = (args: readonly string[]): boolean => args[1] === relayScript && args[2] === linkOf(host);
  return allProcesses().find(
    ({ pid, state }) => state !== "Z" && isRelay(argumentsOf(pid)) && pidNamespace(pid) === namespace,
  );
}
