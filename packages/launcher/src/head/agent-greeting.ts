/** The beginning of every stream from an agent: whatever a login shell prints, the greeting, and what the agent says of its node. */
import type { Readable, Writable } from "node:stream";
import { type FromAgent, FrameKind, FrameParser, GreetingScanner, HEADER_BYTES, parseMessage } from "@hyperion-ts/wire";

/** What an agent says first: what it has found out about its node. */
export type AgentHello = Extract<FromAgent, { type: "hello" }>;

/** A stream of frames to and from an agent that has greeted. */
export interface AgentLink {
  readonly hello: AgentHello;
  /** Whether its other end is this machine itself, and not a jump host. */
  readonly direct: boolean;
  /** Paused. */
  readonly output: Readable;
  readonly input: Writable;
  /** What came behind the greeting; the hello is its first frame. */
  readonly rest: Buffer;
}

/**
 * Waits for the greeting and the hello of an agent. Rejects with a `WireError` when something else comes. `banner` is
 * what a login shell printed so far.
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
