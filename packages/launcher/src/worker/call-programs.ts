/** External programs of one call: they run on its CPUs, and end with it, and so does what they have started. */
import type { ChildProcess } from "node:child_process";
import { checkOptions, checkValue } from "@hyperion-ts/bounds/check-options";
import { anything, listOf, nonEmpty, type Rules, structured } from "@hyperion-ts/bounds/rules";
import { ExecError, type ExecOptions, type ExecResult } from "@hyperion-ts/remote";
import { killedAtDeath } from "@hyperion-ts/processes/death-signal";
import { descendants, readProcess, signalEach, trySignal } from "@hyperion-ts/processes/process-id";
import { whyNoProgram } from "./why-no-program.ts";

const KILL_AFTER_MS = 2_000;

/** The programs that one call runs. */
export class CallPrograms {
  readonly #running = new Map<ChildProcess, Promise<ExecResult>>();

  /** What `ctx.exec` does; an abort of `signal` ends the program, and rejects with its reason. */
  run(file: string, args: readonly string[], options: ExecOptions, signal: AbortSignal): Promise<ExecResult> {
    if (signal.aborted) return Promise.reject(signal.reason);
    const wrong = problemOf(file, args, options);
    if (wrong !== undefined) return Promise.reject(wrong);
    const child = start([file, ...args], options);
    if (child instanceof ExecError) return Promise.reject(child);
    const result = this.#result(child, [file, ...args], options, signal);
    this.#running.set(child, result);
    return result;
  }

  /** Ends the programs that still run. A function that has returned does not wait for them any more. */
  end(): void {
    for (const [child, result] of this.#running) {
      result.catch(() => undefined);
      endProgram(child);
    }
  }

  async #result(
    child: ChildProcess,
    argv: readonly string[],
    options: ExecOptions,
    signal: AbortSignal,
  ): Promise<ExecResult> {
    const abort = (): void => endProgram(child);
    signal.addEventListener("abort", abort, { once: true });
    try {
      const { error, ...end } = await outcome(child, options.input);
      signal.throwIfAborted();
      const unstarted = error ?? unstartedBySetpriv(end);
      if (unstarted !== undefined) throw notStarted(argv, options, unstarted);
      if (end.exitCode !== 0) throw new ExecError(argv, end);
      return { stdout: end.stdout, stderr: end.stderr };
    } finally {
      signal.removeEventListener("abort", abort);
      this.#running.delete(child);
    }
  }
}

const EXEC_RULES: Rules<ExecOptions> = { cwd: nonEmpty, env: structured, input: anything };

/** What is wrong with what `ctx.exec` was given: a TypeError or RangeError that names it. */
function problemOf(file: string, args: readonly string[], options: ExecOptions): unknown {
  try {
    checkValue("ctx.exec", "file", file, nonEmpty);
    checkValue("ctx.exec", "args", args, listOf(anything));
    checkOptions("ctx.exec", options, EXEC_RULES);
    return undefined;
  } catch (error) {
    return error;
  }
}

function start(argv: readonly string[], options: ExecOptions): ChildProcess | ExecError {
  const { cwd } = options;
  const env = { ...process.env, ...options.env };
  const [file = "", ...args] = killedAtDeath(argv, { cwd, env });
  // Loaded with the first program: most workers run none.
  const { spawn } = process.getBuiltinModule("node:child_process");
  try {
    return spawn(file, args, { cwd, env, stdio: ["pipe", "pipe", "pipe"] });
  } catch (cause) {
    // Most failures come as an event; some are thrown here, e.g. an argument list that is too long.
    return notStarted(argv, options, cause);
  }
}

/** setpriv, which stands before the program, was started, and then the program was not. */
const unstartedBySetpriv = ({
  exitCode,
  stderr,
}: {
  readonly exitCode: number | null;
  readonly stderr: string;
}): Error | undefined =>
  (exitCode === 126 || exitCode === 127) && stderr.startsWith("setpriv: failed to execute")
    ? Object.assign(new Error(stderr.trim()), { code: "ENOENT" })
    : undefined;

const notStarted = ([file = "", ...args]: readonly string[], { cwd, env }: ExecOptions, cause: unknown): ExecError =>
  new ExecError(
    [file, ...args],
    {
      exitCode: null,
      signal: null,
      stdout: "",
      stderr: whyNoProgram(file, { cwd, env: { ...process.env, ...env } }, cause),
    },
    { cause },
  );

/** SIGTERM to the program and to what it has started (a shell does not pass it on), SIGKILL to those that stay. */
function endProgram(child: ChildProcess): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const program = readProcess(child.pid);
  const started = descendants(child.pid);
  trySignal(child.pid, "SIGTERM");
  signalEach(started, "SIGTERM");
  setTimeout(() => signalEach(program === undefined ? started : [program, ...started], "SIGKILL"), KILL_AFTER_MS);
  child.once("exit", () => {
    // Other processes that hold its streams are not waited for.
    child.stdout?.destroy();
    child.stderr?.destroy();
  });
}

function outcome(
  child: ChildProcess,
  input: ExecOptions["input"],
): Promise<{ exitCode: number | null; signal: string | null; stdout: string; stderr: string; error?: Error }> {
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  const text = (parts: Buffer[]): string => Buffer.concat(parts).toString("utf8");
  child.stdout?.on("data", (chunk: Buffer) => stdout.push(chunk));
  child.stderr?.on("data", (chunk: Buffer) => stderr.push(chunk));
  // A program may end without reading its input.
  child.stdin?.on("error", () => undefined);
  child.stdin?.end(input);
  return new Promise((resolve) => {
    child.once("error", (error) =>
      resolve({ exitCode: null, signal: null, stdout: text(stdout), stderr: text(stderr), error }),
    );
    child.once("close", (exitCode, signal) =>
      resolve({ exitCode, signal, stdout: text(stdout), stderr: text(stderr) }),
    );
  });
}
