/** Asks OpenSSH for its configuration of a host: `ssh -G`, which connects to nothing. */
import { execFile } from "node:child_process";
import { homedir, hostname, userInfo } from "node:os";
import { promisify } from "node:util";
import { TransportError } from "./command-session.ts";
import { type LocalAccount, parseSshConfig, type SshConfig } from "./ssh-config.ts";

/** Match blocks may run programs; they get so long. */
const TIME_LIMIT_MS = 10_000;

/** The configuration of `host` with these options of ssh. Throws a `TransportError` "unsupported". */
export async function resolveSshConfig(host: string, options: readonly string[], signal: AbortSignal): Promise<SshConfig> {
  const run = promisify(execFile)("ssh", ["-G", "-T", ...options, "--", host], { signal, timeout: TIME_LIMIT_MS, killSignal: "SIGKILL", maxBuffer: 1 << 20 });
  const printed = await run.catch((cause: unknown) => {
    signal.throwIfAborted();
    throw new TransportError({ reason: "unsupported", message: `ssh -G ${host}, which tells what the ssh configuration says of a host, failed: ${failure(cause)}` }, { cause });
  });
  return parseSshConfig(printed.stdout, host, localAccount());
}

function failure(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  if ("killed" in cause && cause.killed === true) return `no answer within ${TIME_LIMIT_MS} ms`;
  if ("code" in cause && cause.code === "ENOENT") return "there is no ssh in PATH";
  return "stderr" in cause && typeof cause.stderr === "string" && cause.stderr !== "" ? cause.stderr.trim() : cause.message;
}

function localAccount(): LocalAccount {
  const { username, uid, homedir: home } = userInfo();
  return { home: home ?? homedir(), userName: username, userId: uid, hostName: hostname(), env: process.env };
}
