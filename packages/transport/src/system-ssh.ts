/**
 * The system's ssh as a transport: everything that OpenSSH and the person's configuration of it can do (GSSAPI,
 * host-based authentication, certificates, security keys, jump hosts, ControlMaster). Frames travel on its stdio.
 */
import { basename } from "node:path";
import { type CommandError, type LocalCommand, loginShellCommand, runCommand, showArgv } from "@hyperion-ts/processes";
import { askProgram } from "./ask-program.ts";
import { type AddressOf, addressOptions } from "./host-address.ts";
import { type CommandSession, type SessionEnd, TransportError } from "./command-session.ts";
import { SILENT_LOGIN_SHELL } from "./silent-login-shell.ts";
import { placeOf } from "./resolve-ssh-config.ts";
import { sshFailure } from "./ssh-failure.ts";
import type { Transport } from "./transport.ts";
import { SSH_DEFAULTS, type SystemSshOptions } from "./transport-options.ts";

/**
 * What we ask of ssh: no terminal, no questions, nothing forwarded, and an end of its own when the network is cut; and
 * that it says why it fails, which it does not with a LogLevel below INFO. It takes the first value that it sees of an option.
 */
const OURS = [
  "-T",
  "-o",
  "LogLevel=INFO",
  "-o",
  "BatchMode=yes",
  "-o",
  "ClearAllForwardings=yes",
  "-o",
  "RemoteCommand=none",
  "-o",
  `ServerAliveInterval=${SSH_DEFAULTS.keepaliveMs / 1_000}`,
  "-o",
  `ServerAliveCountMax=${SSH_DEFAULTS.keepaliveCount}`,
];

/** OpenSSH's own exit code for whatever went wrong before the command ran. */
const SSH_FAILED = 255;

/** A transport that runs `ssh HOST COMMAND` for each session. `addressOf` says where hosts are whose names can't be looked up. */
export const systemSsh = (
  { command = "ssh", options = [] }: SystemSshOptions = {},
  addressOf?: AddressOf,
): Transport => ({
  open: async (host, argv, signal) => {
    const configuration = await readConfiguration(command, options, host, signal);
    const direct = configuration !== undefined && !/^proxy(?:jump|command) (?!none$)/im.test(configuration);
    const address = direct ? await addressOptions({ host, ...placeOf(configuration, host) }, addressOf, signal) : [];
    signal.throwIfAborted();
    const line = [command, ...options, ...address, ...OURS, "--", host, loginShellCommand(argv)];
    const running = await runCommand({ argv: line, killedAtDeath: true }).catch((cause: CommandError) => {
      throw new TransportError(
        { reason: "unsupported", message: `${cause.message}. Is ${command} installed here?` },
        { cause },
      );
    });
    return {
      ...commandSession(running, direct, sshEnd),
      whenSilent: `Either ssh has not logged in, or: ${SILENT_LOGIN_SHELL}`,
    };
  },
});

/** What ssh's configuration says of the host. Other programs can't be asked. */
async function readConfiguration(
  command: string,
  options: readonly string[],
  host: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (basename(command) !== "ssh") return undefined;
  const { code, stdout } = await askProgram([command, ...options, "-G", "--", host], signal);
  return code === 0 ? stdout : undefined;
}

/** Reads ssh's end: exit code 255 is its own failure, or that of a command that exits so. */
function sshEnd(end: SessionEnd, stderr: string): SessionEnd {
  if (end.type !== "exited" || end.code !== SSH_FAILED) return end;
  return { type: "disconnected", failure: sshFailure(stderr) };
}

/** A session over a local program, whose end means what `read` makes of it. `kill` ends it; the default is SIGKILL. */
export function commandSession(
  running: LocalCommand,
  direct: boolean,
  read: (end: SessionEnd, stderr: string) => SessionEnd,
  kill = (): void => running.kill(),
): CommandSession {
  const ended = running.exited.then((exit) => read({ type: "exited", ...exit }, running.lastErrors()));
  return {
    description: showArgv(running.command.argv),
    direct,
    loggedIn: false,
    stdin: running.stdin,
    stdout: running.stdout,
    stderr: running.stderr,
    ended,
    lastErrors: () => running.lastErrors(),
    kill,
    [Symbol.asyncDispose]: async () => {
      kill();
      await ended;
    },
  };
}
