/** The beginning of every stream from an agent: whatever a login shell prints, the greeting, and what the agent says of its node. */
import type { Readable, Writable } from "node:stream";
import { type FromAgent, FrameKind, FrameParser, GreetingScanner, HEADER_BYTES, parseMessage } from "@hyperion-ts/wire";

/** What an agent says first: what it has found out about its node. */
export type AgentHello = Extract<FromAgent, { type: "hello" }>;

/** A stream of frames to and from an agent that has greeted. */
export interface AgentLink {
  /** What the agent says of its node. */
  readonly hello: AgentHello;
  /** Whether the agent's end of the stream is connected with this machine itself, and not with a jump host. */
  readonly direct: boolean;
  /** Where frames of the agent come from. Paused. */
  readonly output: Readable;
  /** Where frames for the agent go. */
  readonly input: Writable;
  /** What came behind the greeting; the hello is its first frame. */
  readonly rest: Buffer;
}

/**
 * Waits for the greeting and the hello of an agent: `link` rejects with a `WireError` when something else comes. `banner` is
 * what a login shell printed so far. `direct`: whether the other end is that machine itself, and not a jump host.
 */
export function greeting(
  output: Readable,
  input: Writable,
  direct: boolean,
): { readonly link: Promise<AgentLink>; banner(): string } {
  const scanner = new GreetingScanner();
  let rest: Buffer | undefined;
  const link = new Promise<AgentLink>((resolve, reject) => {
    const onData = (chunk: Buffer): void => {
      try {
        rest = rest === undefined ? scanner.push(chunk) : Buffer.concat([rest, chunk]);
        const hello = rest === undefined ? undefined : firstMessage(rest);
        if (rest === undefined || hello === undefined) return;
        output.off("data", onData);
        output.pause();
        resolve({ hello, direct, output, input, rest });
      } catch (error) {
        output.off("data", onData);
        reject(error);
      }
    };
    output.on("data", onData);
  });
  return { link, banner: () => scanner.banner };
}

function firstMessage(bytes: Buffer): AgentHello | undefined {
  let hello: AgentHello | undefined;
  new FrameParser({
    frame: ({ kind, channel, bytes: all, start, end }) => {
      if (channel === 0 && kind === FrameKind.message)
        hello ??= parseMessage<AgentHello>(all, start + HEADER_BYTES, end);
    },
  }).push(bytes);
  return hello;
}
