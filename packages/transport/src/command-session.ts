/**
 * What a transport hands out: a program that runs on some node, with its standard streams in our hands. Everything
 * that goes to and from a node goes through the streams of one such session.
 */
import type { Readable, Writable } from "node:stream";

/** A program that runs somewhere. Disposing of it kills it, or closes the connection, and waits for the end. */
export interface CommandSession extends AsyncDisposable {
  /** How it was started, for messages: the local command line, or the account and host of a connection. */
  readonly description: string;
  /** Whether the node's end of the connection is connected with this machine itself, and not with a jump host. */
  readonly direct: boolean;
  /** Whether the handshake is certainly over: the host has let us in, and the command runs or will at once. Where this is false, only the command's first words tell. */
  readonly loggedIn: boolean;
  /** What a person can look at when the program says nothing: a sentence for a message. */
  readonly whenSilent?: string;
  /** The program's standard input. */
  readonly stdin: Writable;
  /** The program's standard output, bytes as they come. */
  readonly stdout: Readable;
  /** The program's standard error. It flows, also when nobody listens. */
  readonly stderr: Readable;
  /** Resolves when the program has ended or the connection is gone; never rejects. */
  readonly ended: Promise<SessionEnd>;
  /** The last 4 KB of its standard error. */
  lastErrors(): string;
  /** Ends it at once, without waiting. */
  kill(): void;
}

/** How a session ended. */
export type SessionEnd =
  /** The program has ended. `code`: its exit code, null where a signal ended it; `signal`: the name of that signal, null where none did. */
  | { readonly type: "exited"; readonly code: number | null; readonly signal: string | null }
  /** The connection could not be made or is gone. Whether the program still runs is not known. */
  | { readonly type: "disconnected"; readonly failure: TransportFailure };

/** Why a node could not be reached. */
export interface TransportFailure {
  /** What kind of failure it is. */
  readonly reason: TransportReason;
  /** What happened and, where a person can do something, what. */
  readonly message: string;
}

/**
 * - `unreachable`: refused, reset, timed out, dropped. The only one that another attempt may cure.
 * - `host-key`: the host key is not known, or not the one that is known.
 * - `authentication`: the node does not let us in.
 * - `unsupported`: the transport can't do what the configuration of the host asks for.
 * - `not-started`: the node was reached, but the command could not be run there.
 */
export type TransportReason = "unreachable" | "host-key" | "authentication" | "unsupported" | "not-started";

/** A transport that could not open its session. */
export class TransportError extends Error implements TransportFailure {
  override readonly name = "TransportError";
  /** The code of this class. */
  readonly code = "transport-failed";
  /** What kind of failure it is. */
  readonly reason: TransportReason;

  /** `options.cause` is the error of the system or the library, if there is one. */
  constructor({ reason, message }: TransportFailure, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}

/** The end of a session in words, for a message; `who` ran in it, such as "its agent". */
export function describeEnd(who: string, end: SessionEnd): string {
  switch (end.type) {
    case "exited":
      return `${who} ended (${end.signal ?? `code ${end.code}`})`;
    case "disconnected":
      return `${who} is out of reach: ${end.failure.message}`;
    default:
      return end satisfies never;
  }
}
