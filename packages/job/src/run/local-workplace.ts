/** This machine as a workplace: worker processes on its CPUs, under an agent. */
import { join } from "node:path";
import { type NodeLauncherConfig } from "@hyperion-ts/launcher";
import type { RunEvents } from "../events/run-events.ts";
import type { ProgramInfo } from "../program-info.ts";
import { openPoolLauncher } from "./pool-launcher.ts";
import type { Workplace } from "./run-session.ts";

export async function openLocalWorkplace(info: ProgramInfo, events: RunEvents, cpus: number | undefined, config: Partial<NodeLauncherConfig>): Promise<Workplace> {
  const launcher = await openPoolLauncher({ logDir: info.logDir, compileCache: join(info.dataDir, "compile-cache"), ...config, events, cpusOf: () => cpus }, [{ type: "LocalHost" }]);
  return {
    taskLauncher: launcher.dispatcher,
    env: { pool: launcher.pool, nodeLaunchers: launcher.nodes, cpusPerNode: launcher.cpusPerNode },
    counts: () => launcher.dispatcher.counts(),
    [Symbol.asyncDispose]: () => launcher[Symbol.asyncDispose](),
  };
}
