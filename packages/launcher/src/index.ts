// First, because it checks which Node this is.
export { newServiceId, type NodeMeasure, type ServiceId } from "@hyperion-ts/wire";
export {
  LAUNCHER_RULES,
  type LauncherOptions,
  launcherOptionsOf,
  reachOf,
  type ReachOptions,
  type TimeOptions,
  timesRule,
} from "./head/launcher-options.ts";
export type { NodePlace } from "./head/agent-connection.ts";
export type {
  NodeContext,
  NodeLauncher,
  NodeLauncherConfig,
  NodeLauncherOptions,
  RunCmd,
  WorkerContext,
} from "./head/node-launcher.ts";
export { openNodeLauncher, withNodeLauncher, workerLauncherWithRunCmd } from "./head/open-node-launcher.ts";
export type { CodeAtStart, CodeOf, OldCode } from "./head/code-at-start.ts";
export { checkAddr, checkNodeConfig } from "./head/check-options.ts";
export { lazyLauncher } from "./head/lazy-launcher.ts";
export { gpuNamesOf } from "./shared/gpu-variables.ts";
export { type Command, CommandError } from "@hyperion-ts/processes";
export { type HeadPort, openHeadPort } from "@hyperion-ts/transport/link";
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
export { nodeName, type WorkerAddr } from "./head/worker-addr.ts";
export { LaunchError } from "./errors.ts";
export { describeDeath, type WorkerDeath, WorkerDiedError } from "./head/worker-died-error.ts";
export type {
  Call,
  CallableWorker,
  LaunchedWorker,
  LaunchRequest,
  LostAs,
  WorkerLauncher,
} from "./head/worker-launcher.ts";
