import { randomBytes } from "node:crypto";
import { text } from "node:stream/consumers";
import { describe, expect, test } from "vitest";
import { noSshd, type SshServer, type SshWorld, sshWorld } from "./ssh-world.ts";

if (noSshd !== undefined) console.warn(`Not tested against a real sshd: ${noSshd}.`);

interface Node1 {
  readonly world: SshWorld;
  readonly server: SshServer;
}

/** A world with a server that is known as "node1" and lets us in. */
async function node1(stack: AsyncDisposableStack, ...settings: readonly string[]): Promise<Node1> {
  const world = stack.use(sshWorld());
  const server = await world.sshd(...settings);
  world.authorize(world.key("id"));
  world.host("node1", server.port);
  world.know("node1", server.port, server.hostKey);
  return { world, server };
}

describe.skipIf(noSshd !== undefined)("node-ssh, with a real sshd", () => {
  test("carries bytes both ways as they are, megabytes of them, and tells the exit code", async () => {
    await using stack = new AsyncDisposableStack();
    const { world } = await node1(stack);
    await using session = await world.open("node1", ["sh", "-c", "cat; echo 'all of it' >&2; exit 3"]);
    const sent = randomBytes(5_000_000);
    session.stdin.end(sent);
    const chunks: Buffer[] = [];
    for await (const chunk of session.stdout) chunks.push(chunk);
    expect(Buffer.concat(chunks).equals(sent)).toBe(true);
    expect(await session.ended).toEqual({ type: "exited", code: 3, signal: null });
    expect(session.lastErrors()).toBe("all of it");
    expect(session.direct).toBe(true);
  });

  test("tells the signal that ended the command", async () => {
    await using stack = new AsyncDisposableStack();
    const { world } = await node1(stack);
    await using session = await world.open("node1", ["sh", "-c", "kill -TERM $$"]);
    expect(await text(session.stdout)).toBe("");
    expect(await session.ended).toEqual({ type: "exited", code: null, signal: "SIGTERM" });
  });
});
