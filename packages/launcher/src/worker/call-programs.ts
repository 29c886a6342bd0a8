/** External programs of one call: they run on its CPUs, and end with it. */
import { type ChildProcess, spawn } from "node:child_process";
import type { ExecOptions, ExecResult } from "@hyperion-ts/remote";

const KILL_AFTER_MS = 2_000;
const MAX_STDERR_IN_MESSAGE = 1_000;

/** A program that `ctx.exec` could not start, or that exited with another code than 0. */
export class ExecError extends Error {
  override readonly name = "ExecError";
  readonly code = "exec-failed";
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;

  constructor(argv: readonly string[], end: { exitCode: number | null; signal: string | null; stdout: string; stderr: string }, options?: ErrorOptions) {
    const how = end.signal !== null ? `was killed by ${end.signal}` : end.exitCode === null ? "could not be started" : `exited with code ${end.exitCode}`;
    super(`The program ${argv.join(" ")} ${how}${end.stderr === "" ? "" : `: ${end.stderr.slice(-MAX_STDERR_IN_MESSAGE)}`}`, options);
    this.exitCode = end.exitCode;
    this.signal = end.signal;
    this.stdout = end.stdout;
    this.stderr = end.stderr;
  }
}

export class CallPrograms {
  readonly #children = new Set<ChildProcess>();

  async run(file: string, args: readonly string[], { cwd, env, input }: ExecOptions, signal: AbortSignal): Promise<ExecResult> {
    signal.throwIfAborted();
    const child = spawn(file, args, { cwd, env: { ...process.env, ...env }, stdio: ["pipe", "pipe", "pipe"] });
    const abort = (): void => endChild(child);
    this.#children.add(child);
    signal.addEventListener("abort", abort, { once: true });
    try {
      const { error, ...end } = await outcome(child, input);
      signal.throwIfAborted();
      if (end.exitCode !== 0) throw new ExecError([file, ...args], end, { cause: error });
      return { stdout: end.stdout, stderr: end.stderr };
    } finally {
      signal.removeEventListener("abort", abort);
      this.#children.delete(child);
    }
  }

  /** Ends what still runs. */
  end(): void {
    for (const child of this.#children) endChild(child);
  }
}

function endChild(child: ChildProcess): void {
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), KILL_AFTER_MS);
  child.once("exit", () => clearTimeout(timer));
}

function outcome(child: ChildProcess, input: ExecOptions["input"]): Promise<{ exitCode: number | null; signal: string | null; stdout: string; stderr: string; error?: Error }> {
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  const text = (parts: Buffer[]): string => Buffer.concat(parts).toString("utf8");
  child.stdout?.on("data", (chunk: Buffer) => stdout.push(chunk));
  child.stderr?.on("data", (chunk: Buffer) => stderr.push(chunk));
  // A program may end without reading its input.
  child.stdin?.on("error", () => undefined);
  child.stdin?.end(input);
  return new Promise((resolve) => {
    child.once("error", (error) => resolve({ exitCode: null, signal: null, stdout: text(stdout), stderr: text(stderr), error }));
    child.once("close", (exitCode, signal) => resolve({ exitCode, signal, stdout: text(stdout), stderr: text(stderr) }));
  });
}
