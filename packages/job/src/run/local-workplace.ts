/** This machine as a workplace: worker processes on its CPUs, under an agent. */
import { join } from "node:path";
import type { NodeLauncherConfig } from "@hyperion-ts/launcher";
import type { RunEvents } from "../events/run-events.ts";
import type { ProgramInfo } from "../program-info.ts";
import { openPoolLauncher } from "./pool-launcher.ts";
import { type Workplace, workplaceOver } from "./run-session.ts";

export async function openLocalWorkplace(info: ProgramInfo, events: RunEvents, cpus: number | undefined, config: Partial<NodeLauncherConfig>, signal: AbortSignal): Promise<Workplace> {
  const compileCache = join(info.dataDir, "compile-cache");
  return workplaceOver(await openPoolLauncher({ logDir: info.logDir, compileCache, ...config, events, shareOf: () => ({ cpus }) }, [{ type: "LocalHost" }], signal), null);
}
