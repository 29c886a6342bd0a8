/** The pages of what workers and nodes use. Nodes are asked only while one of them is looked at. */
import type { RunView, UsageReport } from "@hyperion-ts/control";
import { nodeUsageTable, workerUsageTable } from "../output/usage-table.ts";
import { usageBetween, type UsageNow } from "../usage-now.ts";
import { type Page, tablePage } from "./pages.ts";

/** So long between two looks, at least: CPU time is counted in hundredths of a second. */
const LEAST_SECONDS = 0.5;

/** The page of workers, and that of nodes. */
export function usagePages(): readonly Page[] {
  const looks = new UsageLooks();
  return [
    { title: "workers", look: async (view, room) => tablePage(workerUsageTable(await looks.look(view), room)) },
    { title: "nodes", look: async (view, room) => tablePage(nodeUsageTable(await looks.look(view), room)) },
  ];
}

class UsageLooks {
  #older: UsageReport | undefined;
  #newer: UsageReport | undefined;

  async look(view: RunView): Promise<UsageNow> {
    const now = await view.usage();
    if (this.#newer === undefined || secondsBetween(this.#newer, now) >= LEAST_SECONDS) {
      this.#older = this.#newer;
      this.#newer = now;
    }
    return usageBetween(this.#older, now);
  }
}

/** By the clock of the first node that has answered both times. */
function secondsBetween(before: UsageReport, now: UsageReport): number {
  const [node] = now.nodes;
  const earlier = before.nodes.find((each) => each.node === node?.node);
  return node === undefined || earlier === undefined ? 0 : node.atSeconds - earlier.atSeconds;
}
