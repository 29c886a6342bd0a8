/** This machine as a workplace: worker processes on its CPUs, under an agent that starts with the first call. */
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { lazyLauncher, type LauncherOptions, launcherOptionsOf } from "@hyperion-ts/launcher";
import { localShare } from "./local-share.ts";
import type { OpenNode } from "./node-connections.ts";
import { connectNodes } from "./node-pool.ts";
import { OldCodeNews } from "./old-code-news.ts";
import { programCode } from "./program-code.ts";
import type { ProgramEnv } from "./work.ts";
import { type Workplace, workplaceOver } from "./workplace.ts";

/**
 * The workplace of the run with this environment. It has `cpus` CPUs; undefined: all that this process may use, or those of
 * its Slurm job. What a person has set of the launcher is among `options`.
 */
export async function openLocalWorkplace(
  { programInfo, events, signal }: ProgramEnv,
  cpus: number | undefined,
  options: LauncherOptions,
): Promise<Workplace> {
  const { share, jobCgroups, note } = localShare(process.env, cpus, availableParallelism());
  if (note !== null) events.emit({ type: "log", message: note });
  const oldCode = new OldCodeNews();
  const failed = Promise.withResolvers<never>();
  failed.promise.catch(() => undefined);
  const openNode: OpenNode = async (config) => lazyLauncher(config, { type: "LocalHost" }, failed.reject);
  const nodePool = await connectNodes(
    {
      logDir: programInfo.logDir,
      compileCache: join(programInfo.dataDir, "compile-cache"),
      codeOf: ({ name }) => programCode.of(name),
      onOldCode: oldCode.heard,
      jobCgroups,
      ...launcherOptionsOf(options),
      events,
      shareOf: () => share,
    },
    [{ type: "LocalHost" }],
    signal,
    openNode,
  );
  return { ...workplaceOver(nodePool, oldCode, null), failed: failed.promise };
}
