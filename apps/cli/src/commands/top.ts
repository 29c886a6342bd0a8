/** `hyperion top`: how busy workers and nodes are. */
import { setTimeout as sleep } from "node:timers/promises";
import type { RunView } from "@hyperion-ts/control";
import { viewOf } from "../chosen-view.ts";
import { chooseRun } from "../choose-run.ts";
import type { CommandBody } from "../command-definition.ts";
import { EXIT_CODES } from "../output/exit-code.ts";
import { tableOptionsOf } from "../output/terminal.ts";
import { nodeUsageTable, workerUsageTable } from "../output/usage-table.ts";
import { usageBetween, type UsageNow } from "../usage-now.ts";

const BETWEEN_LOOKS_MS = 1_000;

export const top: CommandBody = async ({ args: [dir], options: { run, job, json, once }, terminal }) => {
  const found = await chooseRun({ dir, run });
  if (json !== true && once !== true) {
    const [{ watchRun }, { WORKERS_PAGE }] = await Promise.all([
      import("../screen/watch-run.ts"),
      import("../screen/run-pages.ts"),
    ]);
    return watchRun(found, { page: WORKERS_PAGE, terminal, instead: "hyperion top --once", job });
  }
  const usage = await usageOf(await viewOf(found, job));
  const options = tableOptionsOf(terminal);
  terminal.stdout.write(
    json === true
      ? `${JSON.stringify(usage)}\n`
      : `${nodeUsageTable(usage, options)}\n${workerUsageTable(usage, options)}`,
  );
  return EXIT_CODES.done;
};

async function usageOf(view: RunView): Promise<UsageNow> {
  const before = await view.usage();
  await sleep(BETWEEN_LOOKS_MS);
  return usageBetween(before, await view.usage());
}
