/** A command on a host as a session: its standard streams are those of one channel of the connection, bytes as they come. */
import type { Readable, Writable } from "node:stream";
import type { ClientChannel } from "ssh2";
import { Tail } from "@hyperion-ts/processes";
import { type CommandSession, type SessionEnd, TransportError } from "./command-session.ts";
import { SILENT_LOGIN_SHELL } from "./silent-login-shell.ts";
import type { SshConnection } from "./ssh-connection.ts";

/** How long after a command's exit its output may stay open: who holds it then is another process. */
const LAST_OUTPUT_MS = 200;

/**
 * Runs the command line `line` in the login shell, without a terminal. The end of the session closes the connection:
 * all that is in `resources`.
 *
 * @throws TransportError "unreachable" or "not-started"
 */
export function startSession(
  connection: SshConnection,
  line: string,
  resources: DisposableStack,
): Promise<CommandSession> {
  const { ssh } = connection;
  return new Promise((resolve, reject) => {
    const failed = (error: Error): void => {
      const lost = ssh.connection === null;
      const what = lost
        ? "The connection was lost before the command ran"
        : `The host did not run the command ${JSON.stringify(line)}`;
      reject(
        new TransportError(
          { reason: lost ? "unreachable" : "not-started", message: `${what}: ${error.message}` },
          { cause: error },
        ),
      );
    };
    try {
      if (ssh.connection === null) return failed(new Error("the connection was closed"));
      // Listens before this returns to ssh2: a short command's end may be in its hands already.
      ssh.connection.exec(line, (error, channel) =>
        error === undefined ? resolve(new SshSession(connection, channel, resources)) : failed(error),
      );
    } catch (error) {
      failed(error instanceof Error ? error : new Error(String(error)));
    }
  });
}

class SshSession implements CommandSession {
  readonly description: string;
  readonly direct: boolean;
  readonly loggedIn = true;
  readonly whenSilent = SILENT_LOGIN_SHELL;
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  readonly ended: Promise<SessionEnd>;
  readonly #errors = new Tail();
  readonly #resources: DisposableStack;

  constructor(connection: SshConnection, channel: ClientChannel, resources: DisposableStack) {
    this.description = connection.description;
    this.direct = connection.direct;
    this.stdin = channel;
    this.stdout = channel;
    this.stderr = channel.stderr;
    this.#resources = resources;
    this.#keepErrors(channel.stderr);
    // Writing to a channel that has just ended is an error of the stream; `ended` tells it.
    channel.on("error", () => undefined);
    this.ended = this.#end(connection, channel);
  }

  lastErrors(): string {
    return this.#errors.text();
  }

  kill(): void {
    this.#resources.dispose();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.kill();
    await this.ended;
  }

  /** Reads standard error, because nobody else may, and what is not read holds up standard output. Whoever gets the session may listen first. */
  #keepErrors(stderr: Readable): void {
    stderr.pause();
    stderr.on("data", (chunk: Buffer) => this.#errors.push(chunk));
    setImmediate(() => stderr.resume());
  }

  #end({ ssh, closed }: SshConnection, channel: ClientChannel): Promise<SessionEnd> {
    return new Promise((resolve) => {
      let exit: SessionEnd | undefined;
      channel.on("exit", (code: number | null, signal?: string) => {
        const end = (exit = { type: "exited", code, signal: signal ?? null } as const);
        setTimeout(() => resolve(end), LAST_OUTPUT_MS);
      });
      channel.on("close", () => {
        const end = exit;
        // The channel ends with its standard output; of standard error something may not have been read yet.
        if (end !== undefined && channel.stderr.readableEnded) resolve(end);
        else if (end !== undefined) channel.stderr.once("end", () => resolve(end));
        ssh.connection?.end();
        this.kill();
      });
      // A lost connection also closes the channel, without an exit.
      void closed.then((how) => {
        if (exit === undefined)
          resolve({
            type: "disconnected",
            failure: { reason: "unreachable", message: `The connection was lost: ${how}` },
          });
      });
    });
  }
}
