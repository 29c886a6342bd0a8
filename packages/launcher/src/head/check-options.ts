/** What the options of launchers may be, checked before anything is started. */
import {
  callable,
  checkOptions,
  duration,
  fields,
  flag,
  listOf,
  nonEmpty,
  nullOr,
  oneOf,
  type Rule,
  type Rules,
  showValue,
  structured,
  unlimited,
  whole,
} from "@hyperion-ts/bounds";
import type { CommandTransport } from "@hyperion-ts/transport";
import { timesOf } from "./agent-settings.ts";
import type { NodeLauncherConfig, NodeLauncherOptions } from "./node-launcher.ts";
import type { WorkerAddr } from "./worker-addr.ts";
import type { LaunchRequest } from "./worker-launcher.ts";

/** The options of one type of transport. */
type OptionsOf<Type extends CommandTransport["type"]> = Extract<CommandTransport, { readonly type: Type }>;

const type: Rule = oneOf("node-ssh", "ssh", "srun", "custom");

const transports: Readonly<Record<CommandTransport["type"], Rule>> = {
  "node-ssh": fields<OptionsOf<"node-ssh">>({
    type,
    configFile: nonEmpty,
    user: nonEmpty,
    port: whole(1, 65_535),
    identityFiles: listOf(nonEmpty),
    connectTimeoutMs: duration(),
    keepaliveMs: duration(),
    keepaliveCount: whole(1),
  }),
  ssh: fields<OptionsOf<"ssh">>({ type, command: nonEmpty, options: listOf(nonEmpty) }),
  srun: fields<OptionsOf<"srun">>({
    type,
    command: nonEmpty,
    options: listOf(nonEmpty),
    hetGroupOf: callable,
    gresOf: callable,
  }),
  custom: fields<OptionsOf<"custom">>({ type, transport: structured }),
};

/** Which transport it is says which options it may have. */
function transport(value: unknown, name: string): void {
  if (typeof value !== "object" || value === null)
    throw new TypeError(`${name} must be an object, such as { type: "srun" }, not ${showValue(value)}`);
  const given: unknown = "type" in value ? value.type : undefined;
  type(given, `${name}.type`);
  const rule = Object.entries(transports).find(([each]) => each === given)?.[1];
  rule?.(value, name);
}

const optionRules: Rules<NodeLauncherOptions> = {
  node: nonEmpty,
  connectTimeoutMs: duration(),
  heartbeatMs: duration({ unlimited: false }),
  silenceMs: duration(),
  endGraceMs: duration({ zero: true, unlimited: false }),
  headSilenceMs: nullOr(duration()),
  compileCache: nonEmpty,
  maxResultBytes: unlimited(whole(1)),
  jobCgroups: listOf(nonEmpty),
  codeOf: callable,
  onOldCode: callable,
  nodePath: nonEmpty,
};

const { node: _node, ...shared } = optionRules;

const configRules: Rules<NodeLauncherConfig> = {
  ...shared,
  logDir: nonEmpty,
  transport,
  addressOf: callable,
  tls: flag,
  headPort: structured,
  connectAttempts: whole(1),
  connectPatienceMs: duration({ zero: true }),
  connectPauseMs: duration({ zero: true, unlimited: false }),
  throttle: callable,
  isPaused: callable,
  whenHeadIsLost: listOf(nonEmpty),
  log: callable,
};

const requestRules: Rules<LaunchRequest> = {
  cpuCount: whole(1),
  cpuIds: listOf(whole(0)),
  pin: flag,
  pinTo: listOf(whole(0)),
  gpuIds: listOf(nonEmpty),
  memoryMb: whole(1),
  overMemory: callable,
  retire: listOf(structured),
};

const local = fields<Extract<WorkerAddr, { readonly type: "LocalHost" }>>({
  type: oneOf("LocalHost"),
  hostname: nonEmpty,
});
const remote = fields<Extract<WorkerAddr, { readonly type: "RemoteAddr" }>>({
  type: oneOf("RemoteAddr"),
  hostname: nonEmpty,
});

/** Checks what the function `place` was given for one node. Throws a TypeError or RangeError that names the option. */
export function checkNodeOptions(place: string, options: NodeLauncherOptions): void {
  checkOptions(place, options, optionRules);
  checkSilence(place, options);
}

/** Checks what the function `place` was given for nodes; of a part of it, what is there. Throws as `checkNodeOptions` does. */
export function checkNodeConfig(place: string, config: Partial<NodeLauncherConfig>): void {
  checkOptions<Partial<NodeLauncherConfig>>(place, config, configRules);
  checkSilence(place, config);
}

/** Checks where a worker is to be. Throws as `checkNodeOptions` does. */
export function checkAddr(place: string, addr: WorkerAddr): void {
  structured(addr, `${place}: the address`);
  oneOf("LocalHost", "RemoteAddr")(addr.type, `${place}: the address's type`);
  const rule = addr.type === "LocalHost" ? local : remote;
  rule(addr, `${place}: the address`);
  if (addr.type === "RemoteAddr") nonEmpty(addr.hostname, `${place}: the address's hostname`);
}

/** Checks what a worker is to have. Throws as `checkNodeOptions` does. */
export const checkRequest = (request: LaunchRequest): void => checkOptions("launch", request, requestRules);

/** A sign of life has to come before its absence counts. */
function checkSilence(place: string, options: NodeLauncherOptions): void {
  const { heartbeatMs, silenceMs } = timesOf(options);
  const { headSilenceMs = silenceMs } = options;
  for (const [name, silence] of Object.entries({ silenceMs, headSilenceMs })) {
    if (silence !== null && silence <= heartbeatMs)
      throw new RangeError(
        `${place}: ${name} must be longer than heartbeatMs, which is ${heartbeatMs}, not ${silence}`,
      );
  }
}
