/** A command on this machine as a session, like one on another node. (Hyperion.Job: runCmdLocalAsync, runCmdLocalLog) */
import { type Command, type CommandError, type LocalProcess, runCommand, showArgv } from "@hyperion-ts/processes";
import type { CommandSession } from "./command-session.ts";

/** A command that runs on this machine, and its streams. */
export interface RunningCommand extends LocalProcess, CommandSession {}

/**
 * Starts a command and returns at once when it runs. `owner` hears of it when the command ends by itself
 * with a failure, so that a failure is never lost.
 *
 * @throws CommandError when the command can't be started
 */
export async function runCmdLocalAsync(
  command: Command,
  owner?: (error: CommandError) => void,
): Promise<RunningCommand> {
  const running = await runCommand(command, owner);
  return Object.assign(running, {
    description: showArgv(command.argv),
    direct: true,
    loggedIn: true,
    ended: running.exited.then((exit) => ({ type: "exited", ...exit }) as const),
  });
}

/**
 * `runCmdLocalAsync`, with a line in the log first, so that a person can follow what is run.
 *
 * @throws CommandError when the command can't be started
 */
export function runCmdLocalLog(
  command: Command,
  log: (line: string) => void,
  owner?: (error: CommandError) => void,
): Promise<RunningCommand> {
  log(`Running command ${showArgv(command.argv)}`);
  return runCmdLocalAsync(command, owner);
}
