/** Running a command on this machine with its standard streams in our hands. */
import type { Readable, Writable } from "node:stream";
import { type Command, CommandError, type LocalProcess, type StartedProcess, startProcess } from "./local-process.ts";
import { Tail } from "./tail.ts";

/** A command that runs on this machine, and its streams. */
export interface LocalCommand extends LocalProcess {
  /** Its standard input. */
  readonly stdin: Writable;
  /** Its standard output. */
  readonly stdout: Readable;
  /** Its standard error. It flows, also when nobody listens. */
  readonly stderr: Readable;
  /** The last 4 KB of its standard error. */
  lastErrors(): string;
  /** Kills it with its process group, without waiting. */
  kill(): void;
}

/**
 * Starts a command and returns at once when it runs. `owner` hears of it when the command ends by itself
 * with a failure, so that a failure is never lost.
 *
 * @throws CommandError when the command can't be started
 */
export async function runCommand(command: Command, owner?: (error: CommandError) => void): Promise<LocalCommand> {
  const started = await startProcess(command, ["pipe", "pipe", "pipe"]);
  const running = Object.assign(started, streamsOf(started), { kill: () => started.signal("SIGKILL") });
  if (owner !== undefined) void reportTo(owner, running);
  return running;
}

function streamsOf({ stdio: [stdin, stdout, stderr] }: StartedProcess): Streams {
  if (stdin === null || stdout === null || stderr === null)
    throw new Error("A command was started without pipes for its standard streams");
  const errors = new Tail();
  stderr.on("data", (chunk: Buffer) => errors.push(chunk));
  return { stdin, stdout, stderr, lastErrors: () => errors.text() };
}

type Streams = Pick<LocalCommand, "stdin" | "stdout" | "stderr" | "lastErrors">;

async function reportTo(
  owner: (error: CommandError) => void,
  running: StartedProcess & Pick<LocalCommand, "lastErrors">,
): Promise<void> {
  const exit = await running.exited;
  if (running.stopping || exit.code === 0) return;
  owner(new CommandError(running.command.argv, exit, running.lastErrors()));
}
