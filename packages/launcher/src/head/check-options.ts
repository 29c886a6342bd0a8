/** What launchers may be given, checked before anything is started. */
import {
  callable,
  checkOptions,
  fields,
  flag,
  listOf,
  nonEmpty,
  oneOf,
  type Rules,
  structured,
  whole,
} from "@hyperion-ts/bounds";
import { LAUNCHER_RULES } from "./launcher-options.ts";
import type { NodeLauncherConfig, NodeLauncherOptions, WorkerContext } from "./node-launcher.ts";
import type { WorkerAddr } from "./worker-addr.ts";
import type { LaunchRequest } from "./worker-launcher.ts";

const OF_WORKERS: Rules<WorkerContext> = { jobCgroups: listOf(nonEmpty), codeOf: callable, onOldCode: callable };

const { reach: _reach, ...NOT_OF_REACH } = LAUNCHER_RULES;

const OPTION_RULES: Rules<NodeLauncherOptions> = { ...NOT_OF_REACH, ...OF_WORKERS, node: nonEmpty };

const CONFIG_RULES: Rules<NodeLauncherConfig> = {
  ...LAUNCHER_RULES,
  ...OF_WORKERS,
  logDir: nonEmpty,
  throttle: callable,
  isPaused: callable,
  whenHeadIsLost: listOf(nonEmpty),
  log: callable,
};

const REQUEST_RULES: Rules<LaunchRequest> = {
  cpuCount: whole(1),
  cpuIds: listOf(whole(0)),
  pin: flag,
  pinTo: listOf(whole(0)),
  gpuIds: listOf(nonEmpty),
  memoryMb: whole(1),
  overMemory: callable,
  retire: listOf(structured),
};

const LOCAL = fields<Extract<WorkerAddr, { readonly type: "LocalHost" }>>({
  type: oneOf("LocalHost"),
  hostname: nonEmpty,
});
const REMOTE = fields<Extract<WorkerAddr, { readonly type: "RemoteAddr" }>>({
  type: oneOf("RemoteAddr"),
  hostname: nonEmpty,
});

/**
 * Checks what the function `place` was given for one node.
 *
 * @throws TypeError or RangeError that names the option
 */
export const checkNodeOptions = (place: string, options: NodeLauncherOptions): void =>
  checkOptions(place, options, OPTION_RULES);

/**
 * Checks what the function `place` was given for nodes.
 *
 * @throws TypeError or RangeError that names the option
 */
export const checkNodeConfig = (place: string, config: NodeLauncherConfig): void =>
  checkOptions(place, config, CONFIG_RULES);

/**
 * Checks where a worker is to be.
 *
 * @throws TypeError or RangeError that names what is wrong
 */
export function checkAddr(place: string, addr: WorkerAddr): void {
  structured(addr, `${place}: the address`);
  oneOf("LocalHost", "RemoteAddr")(addr.type, `${place}: the address's type`);
  const rule = addr.type === "LocalHost" ? LOCAL : REMOTE;
  rule(addr, `${place}: the address`);
  if (addr.type === "RemoteAddr") nonEmpty(addr.hostname, `${place}: the address's hostname`);
}

/**
 * Checks what a worker is to have.
 *
 * @throws TypeError or RangeError that names the option
 */
export const checkRequest = (request: LaunchRequest): void => checkOptions("launch", request, REQUEST_RULES);
