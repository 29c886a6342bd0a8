/** Runs a program to its end for a test: what it printed, or an error that shows all that it said. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** Where and with what a program runs. */
export interface RunOptions {
  /** Where it runs. */
  readonly cwd: string;
  /** Added to this process's environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** After this long it is killed. Default two minutes: only what hangs is ended. */
  readonly timeoutMs?: number;
}

/** Resolves with what `argv` printed on its standard output; rejects with both of its outputs when it fails. */
export async function runProgram(argv: readonly [string, ...string[]], options: RunOptions): Promise<string> {
  const [command, ...args] = argv;
  const { cwd, env, timeoutMs = 120_000 } = options;
  try {
    const { stdout } = await promisify(execFile)(command, args, {
      cwd,
      env: { ...process.env, ...env },
      timeout: timeoutMs,
    });
    return stdout;
  } catch (cause) {
    throw new Error(`${argv.join(" ")} failed in ${cwd}:\n${outputOf(cause)}`, { cause });
  }
}

const outputOf = (error: unknown): string =>
  error instanceof Error && "stdout" in error && "stderr" in error
    ? `${String(error.stdout)}${String(error.stderr)}`
    : String(error);
