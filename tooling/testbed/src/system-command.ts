/** Commands of the machine that build a cluster (ip, mount, ssh-keygen, ...): what they print, or an error with what they said. */
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { constants } from "node:os";
import { text } from "node:stream/consumers";
import { TestbedError } from "./testbed-error.ts";

/** How a command ended, and all that it printed. */
export interface CommandResult {
  /** The command's own, or 128 and the signal's number where a signal ended it, as shells have it. */
  readonly exitCode: number;
  /** What it printed on standard output. */
  readonly stdout: string;
  /** What it printed on standard error. */
  readonly stderr: string;
}

/** Where Debian keeps what a cluster is built with, wherever the caller's PATH leads. */
export const SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** The environment of daemons and of what builds the cluster: nothing of the caller's gets in. */
export const SYSTEM_ENV = { PATH: SYSTEM_PATH, LC_ALL: "C" } as const;

/**
 * What a program of the machine printed.
 *
 * @throws TestbedError `system-command` when it can't be started or ends with another code than 0
 */
export async function systemCommand(file: string, args: readonly string[], input = ""): Promise<string> {
  const child = spawn(file, args, { env: SYSTEM_ENV, stdio: "pipe" });
  const { exitCode, stdout, stderr } = await commandResult(child, input).catch((error: unknown) => {
    throw new TestbedError("system-command", `${file} could not be started.`, { cause: error });
  });
  if (exitCode === 0) return stdout;
  throw new TestbedError(
    "system-command",
    `\`${[file, ...args].join(" ")}\` ended with code ${exitCode}:\n${stderr.trim() || stdout.trim()}`,
  );
}

/** Feeds `input` and collects the output; rejects only where the command could not be started. */
export async function commandResult(child: ChildProcess, input: string | Uint8Array): Promise<CommandResult> {
  const ended = Promise.withResolvers<number>();
  child.once("error", ended.reject);
  child.once("close", (code, signal) => ended.resolve(code ?? 128 + signalNumber(signal)));
  // A command that does not read its input closes it: that is its business.
  child.stdin?.on("error", () => undefined).end(input);
  const [exitCode, stdout, stderr] = await Promise.all([ended.promise, collect(child.stdout), collect(child.stderr)]);
  return { exitCode, stdout, stderr };
}

const collect = async (stream: ChildProcess["stdout"]): Promise<string> => (stream === null ? "" : await text(stream));

const signalNumber = (signal: NodeJS.Signals | null): number => (signal === null ? 0 : constants.signals[signal]);
