/**
 * Who came to a node by ssh, from its sshd's log (OpenSSH 9 and 10, LogLevel VERBOSE, each line after the time at which it
 * was written). Pure. sshd ends its lines as terminals do.
 */

/** One connection to a node's sshd. */
export type SshSession = AcceptedSession | RefusedAttempt | PendingAttempt | DroppedAttempt;

interface Attempt {
  /** Where it came from: a node's address. */
  readonly address: string;
  /** The port that it came from. */
  readonly port: number;
  /** Milliseconds since 1970, as `Date.now()` has them. */
  readonly startedAt: number;
}

/** Someone was let in. */
export interface AcceptedSession extends Attempt {
  /** Tells it from the others. */
  readonly outcome: "accepted";
  /** As whom. */
  readonly user: string;
  /** How many commands or shells were started on this connection so far. */
  readonly channels: number;
  /** Not there while it is open, nor where sshd or the node was killed. */
  readonly endedAt?: number;
}

/** It ended without anyone being let in: a strange key, a name that nobody has, or a client that left. */
export interface RefusedAttempt extends Attempt {
  /** Tells it from the others. */
  readonly outcome: "refused";
  /** As whom, where the client has said so. */
  readonly user?: string;
  /** When it ended: milliseconds since 1970. */
  readonly endedAt: number;
}

/** It is not decided yet. */
export interface PendingAttempt extends Attempt {
  /** Tells it from the others. */
  readonly outcome: "pending";
  /** As whom, where the client has said so. */
  readonly user?: string;
}

/**
 * sshd closed it at once: too many others had not logged in yet (MaxStartups), or too many that came from that address
 * had failed (PerSourcePenalties, since OpenSSH 9.8: for a quarter of a minute and longer).
 */
export interface DroppedAttempt extends Attempt {
  /** Tells it from the others. */
  readonly outcome: "dropped";
}

/** @param log lines such as `1763820000.123456 Accepted publickey for alice from 10.99.0.1 port 40000 ssh2: ...` */
export function parseSshLog(log: string): readonly SshSession[] {
  const sessions: SshSession[] = [];
  for (const line of log.split(/\r?\n/)) {
    const [, seconds, text = ""] = /^([\d.]+) (.*)$/.exec(line) ?? [];
    const [, address, port] = /(\d+\.\d+\.\d+\.\d+)\]?(?: port |:)(\d+)/.exec(text) ?? [];
    if (address === undefined) continue;
    const attempt = { address, port: Number(port), startedAt: Math.round(Number(seconds) * 1000) };
    const place = sessions.findLastIndex((session) => session.address === address && session.port === attempt.port);
    const before = sessions[place];
    if (text.startsWith("drop connection")) sessions.push({ outcome: "dropped", ...attempt });
    else if (text.startsWith("Connection from ")) sessions.push({ outcome: "pending", ...attempt });
    else if (before !== undefined) sessions[place] = after(before, text, attempt.startedAt);
  }
  return sessions;
}

/** A connection as it is after one more line about it, written at `time`. */
function after(session: SshSession, text: string, time: number): SshSession {
  switch (session.outcome) {
    case "pending":
      return decided(session, text, time);
    case "accepted":
      if (text.startsWith("Starting session: ")) return { ...session, channels: session.channels + 1 };
      return isEnd(text) && session.endedAt === undefined ? { ...session, endedAt: time } : session;
    case "refused":
    case "dropped":
      return session;
    default:
      return session satisfies never;
  }
}

function decided(session: PendingAttempt, text: string, time: number): SshSession {
  const accepted = /^Accepted \S+ for (\S+) from/.exec(text)?.[1];
  if (accepted !== undefined) return { ...session, outcome: "accepted", user: accepted, channels: 0 };
  const tried = /(?:(?:authenticating|[Ii]nvalid) user|^Failed \S+ for) (\S+)/.exec(text)?.[1];
  const named = tried === undefined ? session : { ...session, user: tried };
  return isEnd(text) ? { ...named, outcome: "refused", endedAt: time } : named;
}

const isEnd = (text: string): boolean => ENDS.some((end) => text.startsWith(end));

const ENDS = [
  "Disconnected from",
  "Received disconnect from",
  "Connection closed by",
  "Connection reset by",
  "Timeout",
  "Read error from",
  "Write failed",
  "ssh_dispatch_run_fatal",
  "Unable to negotiate",
  "banner exchange",
] as const;
