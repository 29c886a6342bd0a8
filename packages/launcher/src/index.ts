// First, because it checks which Node this is.
export { newServiceId, type ServiceId } from "@hyperion-ts/wire";
export type { AgentTimes } from "./agent-settings.ts";
export type { NodePlace } from "./node-agent.ts";
export {
  type NodeLauncher,
  type NodeLauncherConfig,
  type NodeLauncherOptions,
  openNodeLauncher,
  type RunCmd,
  withNodeLauncher,
  workerLauncherWithRunCmd,
} from "./node-launcher.ts";
export type { CodeAtStart, CodeOf, OldCode } from "./code-at-start.ts";
export { checkAddr, checkNodeConfig } from "./check-options.ts";
export { lazyLauncher } from "./lazy-launcher.ts";
export { gpuNamesOf } from "./gpu-variables.ts";
export { type Command, CommandError } from "@hyperion-ts/processes";
export { type HeadPort, openHeadPort } from "./head-port.ts";
export {
  type CommandSession,
  type CommandTransport,
  openTransport,
  runCmdLocalAsync,
  runCmdLocalLog,
  type RunningCommand,
  type SessionEnd,
  type SrunOptions,
  type SystemSshOptions,
  type Transport,
  TransportError,
  type TransportFailure,
  type TransportReason,
} from "@hyperion-ts/transport";
export { launcherFolder } from "./own-folder.ts";
export { nodeName, type WorkerAddr } from "./worker-addr.ts";
export { describeDeath, LaunchError, type WorkerDeath, WorkerDiedError } from "./worker-death.ts";
export type { Call, LaunchedWorker, LaunchRequest, LostAs, RemoteWorker, WorkerLauncher } from "./worker-launcher.ts";
