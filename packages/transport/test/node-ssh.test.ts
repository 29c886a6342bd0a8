import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import { buffer, text } from "node:stream/consumers";
import { describe, expect, test, vi } from "vitest";
import { sendSignal } from "@hyperion-ts/processes";
import { PATIENCE, thrownBy } from "./world.ts";
import { freePort, noSshd } from "./ssh-server.ts";
import { failure, reachableNode, run, sshWorld } from "./ssh-world.ts";

describe.skipIf(noSshd)("a command by node-ssh", () => {
  test("has its bytes carried both ways as they are, and tells its exit code and its errors", async () => {
    await using node = await reachableNode();
    await using session = await node.world.open("n1", ["sh", "-c", "cat; echo 'all of it' >&2; exit 3"]);
    const sent = randomBytes(8_000_000);
    session.stdin.end(sent);
    expect((await buffer(session.stdout)).equals(sent)).toBe(true);
    expect(await session.ended).toEqual({ type: "exited", code: 3, signal: null });
    expect(session.lastErrors()).toBe("all of it");
    expect(session).toMatchObject({ direct: true, description: `ssh root@127.0.0.1 port ${node.server.port}` });
  });

  test("tells the signal that ended it", async () => {
    await using node = await reachableNode();
    await using session = await node.world.open("n1", ["sh", "-c", "kill -TERM $$"]);
    expect(await text(session.stdout)).toBe("");
    expect(await session.ended).toEqual({ type: "exited", code: null, signal: "SIGTERM" });
  });

  test("gets its arguments verbatim", async () => {
    await using node = await reachableNode();
    const args = ["two words", "'single' \"double\"", "$HOME $(id) `id`", "*", "", "a;b|c&d>e", "ü 😀", "\\", "!x"];
    expect(await run(node.world, "n1", "printf", "%s\\n", ...args)).toBe(args.map((arg) => `${arg}\n`).join(""));
  });

  test("survives that the keys of the connection are changed while it sends", async () => {
    await using node = await reachableNode("RekeyLimit 1M");
    await using session = await node.world.open("n1", ["cat"]);
    const sent = randomBytes(6_000_000);
    session.stdin.end(sent);
    expect((await buffer(session.stdout)).equals(sent)).toBe(true);
  });

  test("waits where nobody reads, and loses nothing", async () => {
    await using node = await reachableNode();
    await using session = await node.world.open("n1", ["sh", "-c", "head -c 20000000 /dev/zero; echo written >&2"]);
    await vi.waitFor(() => expect(session.stdout.readableLength).toBeGreaterThan(1_000_000), PATIENCE);
    expect(session.lastErrors()).toBe("");
    expect((await buffer(session.stdout)).length).toBe(20_000_000);
    expect(await session.ended).toMatchObject({ code: 0 });
    expect(session.lastErrors()).toBe("written");
  });

  test("gives its errors to who listens, also what comes first", async () => {
    await using node = await reachableNode();
    await using session = await node.world.open("n1", ["sh", "-c", "echo early >&2"]);
    expect(await text(session.stderr)).toBe("early\n");
  });

  test("ends its connection with itself, also when another process still holds its output", async () => {
    await using node = await reachableNode();
    const session = await node.world.open("n1", ["sh", "-c", "sleep 1000 & exit 0"]);
    session.stdout.resume();
    expect(await session.ended).toMatchObject({ code: 0 });
    await session[Symbol.asyncDispose]();
    await vi.waitFor(() => expect(node.server.connections()).toEqual([]), PATIENCE);
  });

  test("that is killed is told as disconnected", async () => {
    await using node = await reachableNode();
    await using session = await node.world.open("n1", ["sleep", "1000"]);
    session.kill();
    expect(await session.ended).toMatchObject({ type: "disconnected", failure: { reason: "unreachable" } });
  });
});

describe.skipIf(noSshd)("a connection that fails", () => {
  test("to a port where nobody listens is told as unreachable", async () => {
    await using world = sshWorld();
    const port = await freePort();
    world.host("n1", port);
    expect(await thrownBy(world.open("n1", ["true"]))).toMatchObject(
      failure("unreachable", new RegExp(`127\\.0\\.0\\.1 port ${port}: .*ECONNREFUSED`)),
    );
  });

  test("to a server that says nothing ends after ConnectTimeout", async () => {
    await using world = sshWorld();
    world.host("n1", await world.listen(createServer()), "ConnectTimeout 1");
    expect(await thrownBy(world.open("n1", ["true"]))).toMatchObject(failure("unreachable", /Timed out/));
  });

  test("to a server that speaks another protocol, or hangs up, is told as unreachable", async () => {
    await using world = sshWorld();
    world.host("web", await world.listen(createServer((socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"))));
    world.host("shy", await world.listen(createServer((socket) => socket.destroy())));
    for (const host of ["web", "shy"])
      expect(await thrownBy(world.open(host, ["true"]))).toMatchObject(failure("unreachable", /log in to/));
  });

  test("because the host drops connections (MaxStartups) is told as unreachable", async () => {
    await using node = await reachableNode("MaxStartups 1:100:1");
    const idle = connect(node.server.port, "127.0.0.1");
    await once(idle, "data");
    expect(await thrownBy(node.world.open("n1", ["true"]))).toMatchObject(failure("unreachable", /log in to n1/));
    idle.destroy();
    await once(idle, "close");
  });

  test("in the middle of a command is told as disconnected, and the streams end", async () => {
    await using node = await reachableNode();
    await using session = await node.world.open("n1", ["sh", "-c", "echo started; sleep 1000"]);
    await once(session.stdout, "readable");
    for (const pid of node.server.connections()) sendSignal(pid, "SIGKILL");
    expect(await text(session.stdout)).toBe("started\n");
    expect(await session.ended).toMatchObject({
      type: "disconnected",
      failure: { reason: "unreachable", message: expect.stringContaining("lost") },
    });
  });

  test("without a word is noticed, because signs of life are asked for", async () => {
    await using node = await reachableNode();
    await using session = await node.world.open("n1", ["sleep", "1000"], { keepaliveMs: 20, keepaliveCount: 3 });
    for (const pid of node.server.connections()) sendSignal(pid, "SIGSTOP");
    expect(await session.ended).toMatchObject({
      type: "disconnected",
      failure: { message: expect.stringContaining("Keepalive") },
    });
  });

  test("because there is no ssh to ask is left to the system's ssh", async () => {
    await using node = await reachableNode();
    vi.stubEnv("PATH", "/nowhere");
    try {
      expect(await thrownBy(node.world.open("n1", ["true"]))).toMatchObject(
        failure("unsupported", /OpenSSH installed/),
      );
    } finally {
      vi.unstubAllEnvs();
    }
  });
});
