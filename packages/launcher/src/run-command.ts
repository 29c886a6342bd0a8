/**
 * Running a command on this machine: how a head starts its agents, and an agent its workers.
 *
 * A command runs in a session (and so a process group) of its own: the terminal's Ctrl-C
 * does not reach it, and whatever it starts can be ended with it. There is no shell anywhere:
 * a command is an argument vector. (Hyperion.Job: runCmdLocalAsync, runCmdLocalLog.)
 */
import { type ChildProcess, spawn, type StdioOptions } from "node:child_process";
import { once } from "node:events";
import { Duplex, type Readable, type Writable } from "node:stream";
import type { ProcessExit } from "@hyperion-ts/wire";

/** How long the streams of a process that has ended may stay open: who holds them then is none of its group. */
const LAST_OUTPUT_MS = 200;

/** A program and how to start it. */
export interface Command {
  /** The program and its arguments. */
  readonly argv: readonly string[];
  /** Variables beside those of this process. */
  readonly env?: Readonly<Record<string, string>>;
  /**
   * `"pipes"`: its standard streams are ours (an agent). Otherwise an open file that takes what it prints,
   * while file descriptor 3 is a socket pair for frames, and `claims` is passed on as descriptor 4 (a worker).
   */
  readonly streams: "pipes" | { readonly log: number; readonly claims: number };
}

/** A command that could not be started, or ended by itself with a failure. */
export class CommandError extends Error {
  override readonly name = "CommandError";
  readonly code = "command-failed";
  readonly argv: readonly string[];
  readonly exit: ProcessExit | undefined;

  constructor(argv: readonly string[], exit: ProcessExit | undefined, detail: string, options?: ErrorOptions) {
    const how = exit === undefined ? "could not be started" : exit.signal === null ? `exited with code ${exit.code}` : `was killed by ${exit.signal}`;
    super(`The command ${showArgv(argv)} ${how}${detail === "" ? "" : `: ${detail}`}`, options);
    this.argv = argv;
    this.exit = exit;
  }
}

/** A command that runs. Disposing of it kills its process group and waits for its end. */
export interface RunningCommand extends AsyncDisposable {
  readonly command: Command;
  readonly pid: number;
  /** Its standard streams, with streams "pipes". */
  readonly stdin: Writable | undefined;
  readonly stdout: Readable | undefined;
  readonly stderr: Readable | undefined;
  /** File descriptor 3 of a worker. */
  readonly frames: Duplex | undefined;
  /** Whether the process has ended. */
  readonly ended: boolean;
  /** Resolves when the process has ended; never rejects. */
  readonly exited: Promise<ProcessExit>;
  /** The last 4 KB that it wrote to a piped standard error. */
  lastErrors(): string;
  /** Sends a signal to its process group; nothing happens when it is gone. */
  signal(signal: NodeJS.Signals): void;
  /** SIGTERM, and SIGKILL after `graceMs`; resolves when it has ended. */
  stop(graceMs: number): Promise<ProcessExit>;
}

/**
 * Starts a command and returns at once when it runs. `owner` hears of it when the command ends by itself
 * with a failure, so that a failure is never lost. Throws a `CommandError` when it can't be started.
 */
export async function runCmdLocalAsync(command: Command, owner?: (error: CommandError) => void): Promise<RunningCommand> {
  const running = new LocalCommand(command, await spawned(command));
  if (owner !== undefined) void running.exited.then((exit) => running.reportTo(owner, exit));
  return running;
}

/** `runCmdLocalAsync`, with a line in the log first: what is run where can be followed on remote machines. */
export function runCmdLocalLog(command: Command, log: (line: string) => void, owner?: (error: CommandError) => void): Promise<RunningCommand> {
  log(`Running command ${showArgv(command.argv)}`);
  return runCmdLocalAsync(command, owner);
}

async function spawned(command: Command): Promise<ChildProcess> {
  const [file, ...args] = command.argv;
  if (file === undefined) throw new CommandError(command.argv, undefined, "the argument vector is empty");
  try {
    // Some failures are thrown here (an argument list that is too long), others come as an event.
    const child = spawn(file, args, { detached: true, env: { ...process.env, ...command.env }, stdio: stdio(command) });
    await once(child, "spawn");
    return child;
  } catch (cause) {
    throw new CommandError(command.argv, undefined, cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

function stdio({ streams }: Command): StdioOptions {
  return streams === "pipes" ? ["pipe", "pipe", "pipe"] : ["ignore", streams.log, streams.log, "pipe", streams.claims];
}

const showArgv = (argv: readonly string[]): string => argv.map((arg) => (/^[\w@%+=:,./-]+$/.test(arg) ? arg : JSON.stringify(arg))).join(" ");

class LocalCommand implements RunningCommand {
  readonly command: Command;
  readonly pid: number;
  readonly stdin: Writable | undefined;
  readonly stdout: Readable | undefined;
  readonly stderr: Readable | undefined;
  readonly frames: Duplex | undefined;
  readonly exited: Promise<ProcessExit>;
  readonly #errors = new Tail();
  #ended = false;
  #stopping = false;

  constructor(command: Command, child: ChildProcess) {
    this.command = command;
    this.pid = child.pid ?? -1;
    this.stdin = child.stdin ?? undefined;
    this.stdout = child.stdout ?? undefined;
    this.stderr = child.stderr ?? undefined;
    const frames = child.stdio[3];
    this.frames = frames instanceof Duplex ? frames : undefined;
    child.stderr?.on("data", (chunk: Buffer) => this.#errors.push(chunk));
    this.exited = new Promise((resolve) => {
      child.once("exit", (code, signal) => {
        // Whatever it started goes with it.
        this.signal("SIGKILL");
        this.#ended = true;
        const end = (): void => resolve({ code, signal });
        if (command.streams !== "pipes") return end();
        // What it wrote last is still on its way.
        child.once("close", end);
        setTimeout(end, LAST_OUTPUT_MS);
      });
    });
  }

  get ended(): boolean {
    return this.#ended;
  }

  lastErrors(): string {
    return this.#errors.text();
  }

  reportTo(owner: (error: CommandError) => void, exit: ProcessExit): void {
    if (this.#stopping || exit.code === 0) return;
    owner(new CommandError(this.command.argv, exit, this.lastErrors()));
  }

  signal(signal: NodeJS.Signals): void {
    if (this.#ended) return;
    try {
      process.kill(-this.pid, signal);
    } catch {
      // The whole group has ended already: there is nobody left to signal.
    }
  }

  async stop(graceMs: number): Promise<ProcessExit> {
    this.#stopping = true;
    this.signal("SIGTERM");
    const timer = setTimeout(() => this.signal("SIGKILL"), graceMs);
    const exit = await this.exited;
    clearTimeout(timer);
    return exit;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop(0);
  }
}

/** The last 4 KB of a stream. */
class Tail {
  #bytes = Buffer.alloc(0);

  push(chunk: Buffer): void {
    this.#bytes = Buffer.concat([this.#bytes, chunk]).subarray(-4_096);
  }

  text(): string {
    return this.#bytes.toString("utf8").trim();
  }
}
