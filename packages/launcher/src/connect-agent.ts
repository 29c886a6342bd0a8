/** From a command that runs somewhere to a connection with the agent that it is: its greeting, and what it says of its node. */
import type { Readable } from "node:stream";
import { FrameKind, FrameParser, GreetingScanner, HEADER_BYTES, parseMessage } from "@hyperion-ts/wire";
import { indent } from "./indent.ts";
import { type AgentHello, type AgentTimes, NodeAgent } from "./node-agent.ts";
import type { RunningCommand } from "./run-command.ts";
import { LaunchError } from "./worker-death.ts";

/** How much of what a login shell printed stands in an error message. */
const MAX_SHOWN_BANNER = 1_000;

/**
 * Waits for the greeting and the hello of an agent that `running` is. Throws a `LaunchError`, with what the
 * command printed, when they do not come within `times.connectTimeoutMs`, or something else comes.
 */
export async function connectAgent(node: string, running: RunningCommand, times: AgentTimes, headSilenceMs: number | null): Promise<NodeAgent> {
  const { stdin, stdout } = running;
  if (stdin === undefined || stdout === undefined) throw new LaunchError(node, `the agent on ${node}: its command has no standard streams`);
  const greeted = greeting(stdout);
  const timer = AbortSignal.timeout(times.connectTimeoutMs);
  const ended = running.exited.then((exit) => `it ended (${exit.signal ?? `code ${exit.code}`}) before it greeted`);
  const late = new Promise<string>((resolve) => timer.addEventListener("abort", () => resolve(`it did not greet within ${times.connectTimeoutMs} ms`), { once: true }));
  const first = await Promise.race([greeted.hello, ended, late]);
  if (typeof first === "string") {
    const printed = greeted.banner().slice(0, MAX_SHOWN_BANNER);
    throw new LaunchError(node, `the agent on ${node} (${running.command.argv.join(" ")}): ${first}${indent(printed)}${indent(running.lastErrors())}`);
  }
  const agent = new NodeAgent(node, first.hello, running, stdin, times, headSilenceMs);
  const parser = new FrameParser(agent);
  agent.receive(first.rest, parser);
  stdout.on("data", (chunk: Buffer) => agent.receive(chunk, parser));
  return agent;
}

interface Greeted {
  readonly hello: AgentHello;
  /** What came behind the greeting; the hello is its first frame. */
  readonly rest: Buffer;
}

/** `hello` is a text when something else came, which tells what. */
function greeting(stdout: Readable): { readonly hello: Promise<Greeted | string>; banner(): string } {
  const scanner = new GreetingScanner();
  let rest: Buffer | undefined;
  let shown = false;
  const hello = new Promise<Greeted | string>((resolve) => {
    const onData = (chunk: Buffer): void => {
      try {
        rest = rest === undefined ? scanner.push(chunk) : Buffer.concat([rest, chunk]);
        const first = rest === undefined ? undefined : firstMessage(rest);
        if (rest === undefined || first === undefined) return;
        stdout.off("data", onData);
        resolve({ hello: first, rest });
      } catch (error) {
        stdout.off("data", onData);
        // It shows what was printed.
        shown = true;
        resolve(error instanceof Error ? error.message : String(error));
      }
    };
    stdout.on("data", onData);
  });
  return { hello, banner: () => (shown ? "" : scanner.banner) };
}

function firstMessage(bytes: Buffer): AgentHello | undefined {
  let hello: AgentHello | undefined;
  new FrameParser({
    frame: (kind, _flags, channel, _id, all, start, end) => {
      if (channel === 0 && kind === FrameKind.message) hello ??= parseMessage<AgentHello>(all, start + HEADER_BYTES, end);
    },
  }).push(bytes);
  return hello;
}
