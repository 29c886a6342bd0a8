/** This machine as a workplace: worker processes on its CPUs, under an agent that starts with the first call. */
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { lazyLauncher, type NodeLauncherConfig } from "@hyperion-ts/launcher";
import type { RunEvents } from "@hyperion-ts/progress";
import type { ProgramInfo } from "../program-info.ts";
import { localShare } from "./local-share.ts";
import { OldCodeNews } from "./old-code-news.ts";
import { openPoolLauncher, type OpenNode } from "./pool-launcher.ts";
import { programCode } from "./program-code.ts";
import { type Workplace, workplaceOver } from "./workplace.ts";

export async function openLocalWorkplace(
  info: ProgramInfo,
  events: RunEvents,
  cpus: number | undefined,
  config: Partial<NodeLauncherConfig>,
  signal: AbortSignal,
): Promise<Workplace> {
  const compileCache = join(info.dataDir, "compile-cache");
  const { share, jobCgroups, note } = localShare(process.env, cpus, availableParallelism());
  if (note !== null) events.emit({ type: "log", message: note });
  const oldCode = new OldCodeNews();
  const failed = Promise.withResolvers<never>();
  failed.promise.catch(() => undefined);
  const openNode: OpenNode = async (config) => lazyLauncher(config, { type: "LocalHost" }, failed.reject);
  const launcher = await openPoolLauncher(
    {
      logDir: info.logDir,
      compileCache,
      codeOf: ({ name }) => programCode.of(name),
      onOldCode: oldCode.heard,
      jobCgroups,
      ...config,
      events,
      shareOf: () => share,
    },
    [{ type: "LocalHost" }],
    signal,
    openNode,
  );
  return { ...workplaceOver(launcher, oldCode, null), failed: failed.promise };
}
