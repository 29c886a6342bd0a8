/** The command that starts an agent, on this machine or on another one. */
import type { GuardedCommand } from "@hyperion-ts/processes";
import type { FolderName } from "@hyperion-ts/wire";
import { logicalPaths } from "../shared/folder-names.ts";
import { withGuard } from "./agent-guard.ts";
import { timesOf } from "./launcher-options.ts";
import type { NodeLauncherOptions } from "./node-launcher.ts";
import { agentProgram, RUNTIME_OPTIONS } from "./program-file.ts";

/** What starts an agent on this machine, and the mark that it gets. */
export const localAgentCommand = (options: NodeLauncherOptions): GuardedCommand =>
  withGuard(agentCommand(options), timesOf(options));

const agentCommand = ({
  nodePath = process.execPath,
  compileCache = "",
  node = "",
  jobCgroups = [],
}: NodeLauncherOptions): string[] => [
  nodePath,
  ...RUNTIME_OPTIONS,
  agentProgram,
  ...(compileCache === "" && jobCgroups.length === 0 ? [] : [compileCache]),
  ...(jobCgroups.length === 0 ? [] : [node, ...jobCgroups]),
];

/** What starts an agent on another node. `folderNames`: folders that have two names here, of which the node may know one only. */
export const remoteAgentCommand = (options: NodeLauncherOptions, folderNames: readonly FolderName[]): string[] =>
  withGuard(commandOnNode(options, folderNames), timesOf(options)).argv;

function commandOnNode(options: NodeLauncherOptions, folderNames: readonly FolderName[]): string[] {
  const command = agentCommand(options);
  const logical = command.map(logicalPaths(folderNames));
  if (logical.every((path, i) => path === command[i])) return command;
  const [node = "", option = "", agent = "", cache = "", ...others] = command;
  const [nodeToo = "", , agentToo = "", cacheToo = ""] = logical;
  return ["sh", "-c", BY_EITHER_NAME, "sh", nodeToo, node, agentToo, agent, cacheToo, cache, option, ...others];
}

/**
 * Runs Node with the agent and the directory for compiled code, each by that of its two names which is there; behind them
 * come an option of Node's, and what else the agent is told. The directory for compiled code may still have to be made, in a
 * program's folder for its data: so it is the one above that folder that has to be there.
 */
const BY_EITHER_NAME = [
  'node=$1; test -x "$node" || node=$2; agent=$3; test -e "$agent" || agent=$4; cache=$5; test -d "${cache%/*/*}" || cache=$6; test -d "${cache%/*/*}" || cache=',
  'option=$7; shift 7; exec "$node" "$option" "$agent" "$cache" "$@"',
].join("; ");
