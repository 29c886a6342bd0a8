/**
 * Running a command on this machine with its standard streams in our hands: an agent here, or a program that
 * reaches another node. (Hyperion.Job: runCmdLocalAsync, runCmdLocalLog.)
 */
import type { ChildProcess } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import type { ProcessExit } from "@hyperion-ts/wire";
import { type Command, CommandError, type LocalProcess, showArgv, spawned, SpawnedProcess } from "./local-process.ts";
import { Tail } from "./tail.ts";
import type { CommandSession, SessionEnd } from "./transport/command-session.ts";

/** A command that runs here, and its streams. */
export interface RunningCommand extends LocalProcess, CommandSession {}

/**
 * Starts a command and returns at once when it runs. `owner` hears of it when the command ends by itself
 * with a failure, so that a failure is never lost. Throws a `CommandError` when it can't be started.
 */
export async function runCmdLocalAsync(
  command: Command,
  owner?: (error: CommandError) => void,
): Promise<RunningCommand> {
  const running = new LocalSession(command, await spawned(command, ["pipe", "pipe", "pipe"]));
  if (owner !== undefined) void running.exited.then((exit) => running.reportTo(owner, exit));
  return running;
}

/** `runCmdLocalAsync`, with a line in the log first: what is run where can be followed. */
export function runCmdLocalLog(
  command: Command,
  log: (line: string) => void,
  owner?: (error: CommandError) => void,
): Promise<RunningCommand> {
  log(`Running command ${showArgv(command.argv)}`);
  return runCmdLocalAsync(command, owner);
}

class LocalSession extends SpawnedProcess implements RunningCommand {
  readonly description: string;
  readonly direct = true;
  readonly loggedIn = true;
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  readonly ended: Promise<SessionEnd>;
  readonly #errors = new Tail();

  constructor(command: Command, child: ChildProcess) {
    super(command, child);
    const { stdin, stdout, stderr } = child;
    if (stdin === null || stdout === null || stderr === null)
      throw new Error("A command was started without pipes for its standard streams");
    this.description = showArgv(command.argv);
    this.stdin = stdin;
    this.stdout = stdout;
    this.stderr = stderr;
    this.ended = this.exited.then((exit) => ({ type: "exited", ...exit }));
    stderr.on("data", (chunk: Buffer) => this.#errors.push(chunk));
  }

  lastErrors(): string {
    return this.#errors.text();
  }

  kill(): void {
    this.signal("SIGKILL");
  }

  reportTo(owner: (error: CommandError) => void, exit: ProcessExit): void {
    if (this.stopping || exit.code === 0) return;
    owner(new CommandError(this.command.argv, exit, this.lastErrors()));
  }
}
