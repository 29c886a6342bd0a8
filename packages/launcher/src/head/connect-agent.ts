/** From a session to a connection with the agent that runs in it. */
import { after, showDuration } from "@hyperion-ts/bounds";
import { encodeMessage, FrameKind, FrameWriter, headerOf, type ToAgent } from "@hyperion-ts/wire";
import { excerpt, indent } from "@hyperion-ts/processes";
import { type CommandSession, describeEnd, type SessionEnd } from "@hyperion-ts/transport";
import { type AgentLink, greeting } from "./agent-greeting.ts";
import type { HeadPort } from "@hyperion-ts/transport/link";
import type { AgentSettings } from "./agent-settings.ts";
import { AgentConnection } from "./agent-connection.ts";
import { startFailureHint } from "./start-failure-hint.ts";
import { LaunchError } from "../errors.ts";

/** How much of what a login shell printed in place of our greeting stands in an error message, in characters. */
const MAX_SHOWN_BANNER = 200;

/** There is no agent, because its session has ended as `end` says, or, without `end`, because it took too long. */
class NotConnectedError extends Error {
  override readonly name = "NotConnectedError";
  readonly end: SessionEnd | undefined;

  constructor(message: string, end?: SessionEnd) {
    super(message);
    this.end = end;
  }
}

/** The agent that is to come. */
export interface ExpectedAgent {
  /** The node's name in messages. */
  readonly node: string;
  /** What the agent is told when it has greeted, and how long it may take. */
  readonly settings: AgentSettings;
  /** Where it is to call, if its frames are to travel over TLS; undefined: they travel on its session. */
  readonly headPort?: HeadPort | undefined;
  /** Gives up when it aborts. */
  readonly signal: AbortSignal;
}

/**
 * Waits for the agent that runs in `session` and, where there is a `headPort`, for its call there.
 *
 * @throws LaunchError, with what the session printed, when the agent does not come within `connectTimeoutMs`, or something
 *   else comes; on an abort, the signal's reason
 */
export async function connectAgent(session: CommandSession, expected: ExpectedAgent): Promise<AgentConnection> {
  const { node, settings, headPort, signal } = expected;
  const greeted = greeting(session.stdout, session.stdin, session.direct);
  let whenSilent = session.whenSilent;
  try {
    const link = await unlessOver(session, expected, "it did not greet", greeted.link);
    whenSilent = undefined;
    if (headPort === undefined) return new AgentConnection(node, link, session, settings);
    // What the agent says on its standard output is only that it is there.
    link.output.resume();
    const called = await unlessOver(
      session,
      expected,
      `it did not connect to this program's port ${headPort.port}`,
      callOn(headPort, link, session),
    );
    return new AgentConnection(node, called, session, settings);
  } catch (error) {
    signal.throwIfAborted();
    const what = error instanceof Error ? error.message : String(error);
    const said = excerpt(withoutNodeFrames(session.lastErrors()));
    const shown = `${indent(excerpt(greeted.banner(), MAX_SHOWN_BANNER))}${what.includes(said) ? "" : indent(said)}`;
    const ended = error instanceof NotConnectedError ? error.end : undefined;
    const hint =
      error instanceof NotConnectedError ? hintOf(ended, session.lastErrors() || greeted.banner(), whenSilent) : "";
    throw new LaunchError(node, `the agent on ${node} (${session.description}): ${what}${shown}${hint}`, {
      cause: error,
      transient: error instanceof NotConnectedError && isTransient(ended),
    });
  }
}

/** Asks the agent to go on over TLS, and waits until it greets there. */
async function callOn(headPort: HeadPort, link: AgentLink, session: CommandSession): Promise<AgentLink> {
  using invitation = headPort.invite();
  const { identity, key, hosts, port } = invitation;
  const message: ToAgent = { type: "connect", identity, key, hosts, port };
  new FrameWriter(link.input).frame(headerOf(FrameKind.message, 0), encodeMessage(message));
  const socket = await invitation.arrived;
  // The connection is worth nothing without the session that it belongs to.
  void session.ended.then(() => socket.destroy());
  return await greeting(socket, socket, true).link;
}

/** `promise`, unless the session ends or the time is up before: then `what` has not happened. */
async function unlessOver<A>(
  session: CommandSession,
  { settings, signal }: ExpectedAgent,
  what: string,
  promise: Promise<A>,
): Promise<A> {
  const { connectTimeoutMs } = settings.times;
  signal.throwIfAborted();
  const over = Promise.withResolvers<never>();
  using _late = after(connectTimeoutMs, () =>
    over.reject(new NotConnectedError(`${what} within ${showDuration(connectTimeoutMs)}`)),
  );
  const aborted = (): void => over.reject(signal.reason);
  signal.addEventListener("abort", aborted, { once: true });
  void session.ended.then((end) => over.reject(new NotConnectedError(beforeGreeting(end), end)));
  try {
    return await Promise.race([promise, over.promise]);
  } finally {
    signal.removeEventListener("abort", aborted);
  }
}

/** Leaves out the stack frames of Node.js itself: they help nobody, and each node of many would print them. */
const withoutNodeFrames = (text: string): string => text.replaceAll(/\n +at .*\bnode:\S*/g, "");

/** What a person can do about an end, or about none. */
function hintOf(end: SessionEnd | undefined, said: string, whenSilent: string | undefined): string {
  if (end === undefined) return whenSilent === undefined ? "" : `\n${whenSilent}`;
  return end.type === "exited" ? startFailureHint(said, end.code) : "";
}

const beforeGreeting = (end: SessionEnd): string =>
  end.type === "exited" ? `${describeEnd("it", end)} before it greeted` : end.failure.message;

/** Whether another attempt may end better. */
const isTransient = (end: SessionEnd | undefined): boolean =>
  end === undefined || (end.type === "disconnected" && end.failure.reason === "unreachable");
