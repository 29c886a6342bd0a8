/**
 * A process on this machine that is ours to end.
 *
 * It runs in a session (and so a process group) of its own: the terminal's Ctrl-C does not reach it, and whatever it
 * starts can be ended with it. There is no shell anywhere: a command is an argument vector.
 */
import { type ChildProcess, spawn, type StdioOptions } from "node:child_process";
import { once } from "node:events";
import { after } from "@hyperion-ts/bounds/timer";
import { killedAtDeath } from "./death-signal.ts";

/** How long the streams of a process that has ended may stay open: who holds them then is none of its group. */
const LAST_OUTPUT_MS = 200;

/** A program and how to start it. */
export interface Command {
  /** The program and its arguments. */
  readonly argv: readonly string[];
  /** Variables in addition to those of this process; they win. */
  readonly env?: Readonly<Record<string, string>>;
  /** Whether the program gets a variable of this process. Default: it gets all. */
  readonly passes?: (name: string, value: string) => boolean;
  /** Whether the kernel kills the program when this process dies, whatever it is doing then. Default false: it has to see the end of its input. */
  readonly killedAtDeath?: boolean;
}

/** How a process has ended: its exit code, or the signal that has ended it. */
export interface ProcessExit {
  /** The exit code; null where a signal ended it. */
  readonly code: number | null;
  /** The signal, such as `SIGKILL`; null where it exited. */
  readonly signal: string | null;
}

/** A command that could not be started, or ended by itself with a failure. */
export class CommandError extends Error {
  override readonly name = "CommandError";
  /** The code of this class. */
  readonly code = "command-failed";
  /** The command. */
  readonly argv: readonly string[];
  /** How the command ended; undefined: it could not be started. */
  readonly exit: ProcessExit | undefined;

  /** `detail` is what the command printed last, or why it could not be started; an empty text: nothing. */
  constructor(argv: readonly string[], exit: ProcessExit | undefined, detail: string, options?: ErrorOptions) {
    const how =
      exit === undefined
        ? "could not be started"
        : exit.signal === null
          ? `exited with code ${exit.code}`
          : `was killed by ${exit.signal}`;
    super(`The command ${showArgv(argv)} ${how}${detail === "" ? "" : `: ${detail}`}`, options);
    this.argv = argv;
    this.exit = exit;
  }
}

/** A command that runs. Disposing of it kills its process group and waits for its end. */
export interface LocalProcess extends AsyncDisposable {
  /** The command that it was started with. */
  readonly command: Command;
  /** Its process id, which is that of its process group and session too. */
  readonly pid: number;
  /** Whether the process itself has ended; `exited` may wait for its last output. */
  readonly hasEnded: boolean;
  /** Resolves when the process has ended; never rejects. */
  readonly exited: Promise<ProcessExit>;
  /** Sends a signal to its process group; nothing happens when the process has ended. */
  signal(signal: NodeJS.Signals): void;
  /** Sends SIGTERM, and SIGKILL after `graceMs` milliseconds; resolves when the process has ended. */
  stop(graceMs: number): Promise<ProcessExit>;
}

/** A process that runs with the streams that were asked for. */
export interface StartedProcess extends LocalProcess {
  /** As `child_process.spawn` has them: the streams of those descriptors that are pipes, null for the others. */
  readonly stdio: ChildProcess["stdio"];
  /** Whether it was asked to end. */
  readonly stopping: boolean;
}

/**
 * Starts a command, with `stdio` as for `child_process.spawn`.
 *
 * @throws CommandError when the command can't be started
 */
export const startProcess = async (command: Command, stdio: StdioOptions): Promise<StartedProcess> =>
  new SpawnedProcess(command, await spawned(command, stdio));

async function spawned(command: Command, stdio: StdioOptions): Promise<ChildProcess> {
  const env = environment(command);
  const [file, ...args] =
    command.killedAtDeath === true ? killedAtDeath(command.argv, { cwd: undefined, env }) : command.argv;
  if (file === undefined) throw new CommandError(command.argv, undefined, "the argument vector is empty");
  try {
    // Some failures are thrown here (an argument list that is too long), others come as an event.
    const child = spawn(file, args, { detached: true, env, stdio });
    await once(child, "spawn");
    return child;
  } catch (cause) {
    throw new CommandError(command.argv, undefined, cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

function environment({ env, passes }: Command): NodeJS.ProcessEnv {
  const own =
    passes === undefined
      ? process.env
      : Object.fromEntries(Object.entries(process.env).filter(([name, value = ""]) => passes(name, value)));
  return { ...own, ...env };
}

/** An argument vector as one line for messages. A long argument, such as a shell's script, is cut to its beginning and its end. */
export const showArgv = (argv: readonly string[]): string =>
  argv
    .map(shortened)
    .map((arg) => (/^[\w@%+=:,./-]+$/.test(arg) ? arg : JSON.stringify(arg)))
    .join(" ");

const SHOWN_BEGINNING = 30;
const SHOWN_END = 120;

const shortened = (arg: string): string =>
  arg.length <= 2 * (SHOWN_BEGINNING + SHOWN_END)
    ? arg
    : `${arg.slice(0, SHOWN_BEGINNING)}[...]${arg.slice(-SHOWN_END)}`;

class SpawnedProcess implements StartedProcess {
  readonly command: Command;
  readonly pid: number;
  readonly stdio: ChildProcess["stdio"];
  readonly exited: Promise<ProcessExit>;
  #ended = false;
  #stopping = false;

  constructor(command: Command, child: ChildProcess) {
    this.command = command;
    this.pid = child.pid ?? -1;
    this.stdio = child.stdio;
    this.exited = new Promise((resolve) => {
      child.once("exit", (code, signal) => {
        // Whatever it started goes with it.
        this.signal("SIGKILL");
        this.#ended = true;
        const end = (): void => resolve({ code, signal });
        if (child.stdout === null) return end();
        // What it wrote last is still on its way.
        child.once("close", end);
        setTimeout(end, LAST_OUTPUT_MS);
      });
    });
  }

  get hasEnded(): boolean {
    return this.#ended;
  }

  get stopping(): boolean {
    return this.#stopping;
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
    using _kill = after(graceMs, () => this.signal("SIGKILL"));
    return await this.exited;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop(0);
  }
}
