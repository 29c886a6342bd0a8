export { type AgentTimes } from "./node-agent.ts";
export {
  type NodeLauncher,
  type NodeLauncherConfig,
  type NodeLauncherOptions,
  openNodeLauncher,
  type RunCmd,
  withNodeLauncher,
  workerLauncherWithRunCmd,
} from "./node-launcher.ts";
export { type Command, CommandError, type RunningCommand, runCmdLocalAsync, runCmdLocalLog } from "./run-command.ts";
export { newServiceId, type ServiceId } from "@hyperion-ts/wire";
export { nodeName, type WorkerAddr } from "./worker-addr.ts";
export { describeDeath, LaunchError, type WorkerDeath, WorkerDiedError } from "./worker-death.ts";
export type { Call, LaunchedWorker, LaunchRequest, RemoteWorker, WorkerLauncher } from "./worker-launcher.ts";
