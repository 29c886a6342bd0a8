/** `testbed status`: a line per node. */
import { hosts } from "../cluster-plan.ts";
import { daemonsOf, findDaemon } from "../daemons.ts";
import { nodeInit } from "../site.ts";
import type { Site } from "../site.ts";
import { nodeStates } from "../slurm-client.ts";

/** The text of the table: name, address, size, Slurm's state and daemons of each machine. */
export async function statusText(site: Site): Promise<string> {
  const states = await nodeStates(site).catch(() => []);
  const rows = hosts(site.plan).map((host) => {
    const daemons = daemonsOf(site, host).map((daemon) => `${daemon.comm} ${howItIs(findDaemon(site, daemon)?.state)}`);
    const size = "cpus" in host ? `${String(host.cpus)} CPUs` : "";
    const power = nodeInit(site, host.name) === undefined ? ["stopped"] : daemons;
    return [
      host.name,
      host.address,
      size,
      states.find(({ name }) => name === host.name)?.state ?? "",
      power.join(", "),
    ];
  });
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/** @param state of its process, as /proc has it: `T` for one that was halted */
function howItIs(state: string | undefined): string {
  if (state === undefined) return "not running";
  return state === "T" ? "hangs" : "runs";
}
