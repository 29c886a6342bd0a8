/** What an agent is started with, and how a session that it runs in becomes a launcher. */
import { createWriteStream, type WriteStream } from "node:fs";
import { join } from "node:path";
import { openOwnFile } from "@hyperion-ts/own-files";
import { newServiceId } from "@hyperion-ts/wire";
import type { GuardedCommand } from "@hyperion-ts/processes";
import type { CommandSession } from "@hyperion-ts/transport";
import { AgentLauncher } from "./agent-launcher.ts";
import { withGuard } from "./agent-guard.ts";
import { connectAgent, type ExpectedAgent } from "./connect-agent.ts";
import { timesOf } from "./agent-settings.ts";
import type { NodeLauncher, NodeLauncherOptions } from "./node-launcher.ts";
import { agentProgram, runtimeOptions } from "./program-file.ts";
import type { FolderName } from "@hyperion-ts/wire";
import { logicalPaths } from "../shared/folder-names.ts";

/**
 * Makes a launcher of the session that the `expected` agent runs in; ends the session when that fails.
 *
 * @throws as `connectAgent` does
 */
export async function launcherOver(
  session: CommandSession,
  expected: ExpectedAgent,
  logDir: string,
  options: NodeLauncherOptions,
): Promise<NodeLauncher> {
  try {
    keepLog(session, join(logDir, `${newServiceId()}.log`));
    const agent = await connectAgent(session, expected);
    return new AgentLauncher(agent, logDir, expected.settings, options);
  } catch (error) {
    session.kill();
    await session[Symbol.asyncDispose]();
    throw error;
  }
}

/** What starts an agent on this machine, and the mark that it gets. */
export const guardedAgentCommand = (options: NodeLauncherOptions): GuardedCommand =>
  withGuard(agentCommand(options), timesOf(options));

const agentCommand = ({
  nodePath = process.execPath,
  compileCache = "",
  node = "",
  jobCgroups = [],
}: NodeLauncherOptions): string[] => [
  nodePath,
  ...runtimeOptions,
  agentProgram,
  ...(compileCache === "" && jobCgroups.length === 0 ? [] : [compileCache]),
  ...(jobCgroups.length === 0 ? [] : [node, ...jobCgroups]),
];

/** The same on another node. `folderNames`: folders that have two names here, of which the node may know one only. */
export function remoteAgentCommand(options: NodeLauncherOptions, folderNames: readonly FolderName[]): string[] {
  return withGuard(commandOnNode(options, folderNames), timesOf(options)).argv;
}

function commandOnNode(options: NodeLauncherOptions, folderNames: readonly FolderName[]): string[] {
  const command = agentCommand(options);
  const logical = command.map(logicalPaths(folderNames));
  if (logical.every((path, i) => path === command[i])) return command;
  const [node = "", option = "", agent = "", cache = "", ...others] = command;
  const [nodeToo = "", , agentToo = "", cacheToo = ""] = logical;
  return ["sh", "-c", BY_EITHER_NAME, "sh", nodeToo, node, agentToo, agent, cacheToo, cache, option, ...others];
}

/**
 * Node, the agent and the directory for compiled code, each by that of two names which is there; then an option of Node's, and what
 * else the agent is told. The directory for compiled code may still have to be made, in a program's folder for its data: so
 * the one above that folder has to be there.
 */
const BY_EITHER_NAME = [
  'node=$1; test -x "$node" || node=$2; agent=$3; test -e "$agent" || agent=$4; cache=$5; test -d "${cache%/*/*}" || cache=$6; test -d "${cache%/*/*}" || cache=',
  'option=$7; shift 7; exec "$node" "$option" "$agent" "$cache" "$@"',
].join("; ");

/** Writes what the agent logs to a file. That this fails (a full disk) is no reason to lose the node. */
function keepLog({ stderr }: CommandSession, file: string): void {
  const log = openLog(file);
  if (log === undefined) return void stderr.resume();
  log.on("error", () => undefined);
  stderr.on("data", (chunk: Buffer) => log.write(chunk));
  stderr.on("close", () => log.end());
}

function openLog(file: string): WriteStream | undefined {
  try {
    return createWriteStream(file, { fd: openOwnFile(file) });
  } catch {
    return undefined;
  }
}
