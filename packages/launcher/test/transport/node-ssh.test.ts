import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { appendFileSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { buffer, text } from "node:stream/consumers";
import { describe, expect, test, vi } from "vitest";
import type { TransportReason } from "../../src/transport/command-session.ts";
import { kill, patience, thrownBy } from "../world.ts";
import { freePort, noSshd, sshAgent, type SshServer, type SshWorld, sshWorld } from "./ssh-world.ts";

if (noSshd !== undefined) console.warn(`Not tested against a real sshd: ${noSshd}.`);

interface Node1 extends AsyncDisposable {
  readonly world: SshWorld;
  readonly server: SshServer;
}

/** A world with a server that is known, under the name "n1", and that lets us in. */
async function node1(...settings: readonly string[]): Promise<Node1> {
  await using stack = new AsyncDisposableStack();
  const world = stack.use(sshWorld());
  const server = await world.sshd(...settings);
  world.authorize(world.key("id"));
  world.host("n1", server.port);
  world.know(server.port, server.hostKey);
  const owned = stack.move();
  return { world, server, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

/** Runs a command to its end, and returns what it wrote. */
async function run(world: SshWorld, host: string, ...argv: readonly string[]): Promise<string> {
  await using session = await world.open(host, argv);
  const output = await text(session.stdout);
  expect(await session.ended).toEqual({ type: "exited", code: 0, signal: null });
  return output;
}

const failure = (reason: TransportReason, message: RegExp) => ({ code: "transport-failed", reason, message: expect.stringMatching(message) });

describe.skipIf(noSshd !== undefined)("a command by node-ssh", () => {
  test("has its bytes carried both ways as they are, and tells its exit code and its errors", async () => {
    await using node = await node1();
    await using session = await node.world.open("n1", ["sh", "-c", "cat; echo 'all of it' >&2; exit 3"]);
    const sent = randomBytes(8_000_000);
    session.stdin.end(sent);
    expect((await buffer(session.stdout)).equals(sent)).toBe(true);
    expect(await session.ended).toEqual({ type: "exited", code: 3, signal: null });
    expect(session.lastErrors()).toBe("all of it");
    expect(session).toMatchObject({ direct: true, description: `ssh root@127.0.0.1 port ${node.server.port}` });
  });

  test("tells the signal that ended it", async () => {
    await using node = await node1();
    await using session = await node.world.open("n1", ["sh", "-c", "kill -TERM $$"]);
    expect(await text(session.stdout)).toBe("");
    expect(await session.ended).toEqual({ type: "exited", code: null, signal: "SIGTERM" });
  });

  test("gets its arguments verbatim", async () => {
    await using node = await node1();
    const args = ["two words", "'single' \"double\"", "$HOME $(id) `id`", "*", "", "a;b|c&d>e", "ü 😀", "\\", "!x"];
    expect(await run(node.world, "n1", "printf", "%s\\n", ...args)).toBe(args.map((arg) => `${arg}\n`).join(""));
  });

  test("survives that the keys of the connection are changed while it sends", async () => {
    await using node = await node1("RekeyLimit 1M");
    await using session = await node.world.open("n1", ["cat"]);
    const sent = randomBytes(6_000_000);
    session.stdin.end(sent);
    expect((await buffer(session.stdout)).equals(sent)).toBe(true);
  });

  test("waits where nobody reads, and loses nothing", async () => {
    await using node = await node1();
    await using session = await node.world.open("n1", ["sh", "-c", "head -c 20000000 /dev/zero; echo written >&2"]);
    await vi.waitFor(() => expect(session.stdout.readableLength).toBeGreaterThan(1_000_000), patience);
    expect(session.lastErrors()).toBe("");
    expect((await buffer(session.stdout)).length).toBe(20_000_000);
    expect(await session.ended).toMatchObject({ code: 0 });
    expect(session.lastErrors()).toBe("written");
  });

  test("gives its errors to who listens, also what comes first", async () => {
    await using node = await node1();
    await using session = await node.world.open("n1", ["sh", "-c", "echo early >&2"]);
    expect(await text(session.stderr)).toBe("early\n");
  });

  test("ends its connection with itself, also when another process still holds its output", async () => {
    await using node = await node1();
    const session = await node.world.open("n1", ["sh", "-c", "sleep 1000 & exit 0"]);
    session.stdout.resume();
    expect(await session.ended).toMatchObject({ code: 0 });
    await session[Symbol.asyncDispose]();
    await vi.waitFor(() => expect(node.server.connections()).toEqual([]), patience);
  });

  test("that is killed is told as disconnected", async () => {
    await using node = await node1();
    await using session = await node.world.open("n1", ["sleep", "1000"]);
    session.kill();
    expect(await session.ended).toMatchObject({ type: "disconnected", failure: { reason: "unreachable" } });
  });
});

describe.skipIf(noSshd !== undefined)("the host key", () => {
  test("that is not known is refused, naming the files that were looked into", async () => {
    await using node = await node1();
    writeFileSync(node.world.knownHosts, "");
    expect(await thrownBy(node.world.open("n1", ["true"]))).toMatchObject(failure("host-key", new RegExp(`ssh-ed25519 SHA256:.*none for \\[127\\.0\\.0\\.1\\]:${node.server.port} is in ${node.world.knownHosts}`)));
    expect(node.server.log()).not.toContain("Accepted");
  });

  test("that has changed is refused, naming the line, and no key of ours is shown", async () => {
    await using node = await node1();
    writeFileSync(node.world.knownHosts, "# A comment\n");
    node.world.know(node.server.port, readFileSync(`${node.world.key("older")}.pub`, "utf8").trim());
    expect(await thrownBy(node.world.open("n1", ["true"]))).toMatchObject(failure("host-key", new RegExp(`${node.world.knownHosts}:2 has for .*expected .*SHA256:.*received .*SHA256:.*ssh-keygen -R`, "s")));
    expect(node.server.log()).not.toContain("publickey");
  });

  test("that is revoked is refused", async () => {
    await using node = await node1();
    node.world.know(node.server.port, node.server.hostKey, "@revoked");
    expect(await thrownBy(node.world.open("n1", ["true"]))).toMatchObject(failure("host-key", /known_hosts:2 revokes/));
  });

  test("is compared with the type that is known, where the host has several", async () => {
    await using world = sshWorld();
    world.authorize(world.key("id"));
    const ecdsa = world.key("ecdsa_host_key", ["-t", "ecdsa", "-N", ""]);
    const server = await world.sshd(`HostKey ${ecdsa}`);
    world.host("n1", server.port);
    world.know(server.port, readFileSync(`${ecdsa}.pub`, "utf8").trim());
    expect(await run(world, "n1", "echo", "in")).toBe("in\n");
  });

  test("is the system's ssh to add where the configuration says so, and nobody connects before", async () => {
    await using node = await node1();
    writeFileSync(node.world.knownHosts, "");
    node.world.host("adds", node.server.port, "StrictHostKeyChecking accept-new");
    expect(await thrownBy(node.world.open("adds", ["true"]))).toMatchObject(failure("unsupported", /StrictHostKeyChecking/));
    expect(node.server.log()).not.toContain("Connection from");
  });
});

describe.skipIf(noSshd !== undefined)("logging in", () => {
  test.each([
    ["ecdsa", []],
    ["rsa", ["-b", "2048"]],
  ])("works with an %s key, from a file and from the agent", async (type, options) => {
    await using world = sshWorld();
    const server = await world.sshd();
    const key = world.key("id", ["-t", type, "-N", "", ...options]);
    world.authorize(key);
    world.know(server.port, server.hostKey);
    world.host("file", server.port);
    world.host("agent", server.port, `IdentityAgent ${await sshAgent(world, [key])}`, "IdentityFile none");
    expect(await run(world, "file", "echo", "by file")).toBe("by file\n");
    expect(await run(world, "agent", "echo", "by agent")).toBe("by agent\n");
  });

  test("fails where no key is let in, naming those that were shown and what the host wants", async () => {
    await using node = await node1("Banner /etc/hostname", "PasswordAuthentication yes");
    const other = node.world.key("other");
    node.world.host("wrong", node.server.port, `IdentityFile ${other}`, "IdentitiesOnly yes");
    rmSync(join(node.world.folder, "id"));
    expect(await thrownBy(node.world.open("wrong", ["true"]))).toMatchObject(
      failure("authentication", new RegExp(`log in to wrong as root: it took none of ${other}.*publickey, ?password.*\\n {2}\\| ${readFileSync("/etc/hostname", "utf8").trim()}`, "s")),
    );
  });

  test("is not disturbed by a banner, and keeps it out of the output", async () => {
    await using node = await node1("Banner /etc/passwd");
    expect(await run(node.world, "n1", "echo", "in")).toBe("in\n");
  });

  test("shows no more keys than a host bears, with IdentitiesOnly and the agent", async () => {
    await using node = await node1("MaxAuthTries 2");
    const mine = join(node.world.folder, "id");
    const socket = await sshAgent(node.world, [...["a", "b", "c"].map((name) => node.world.key(name)), mine]);
    const publicHalf = join(node.world.folder, "chosen.pub");
    writeFileSync(publicHalf, readFileSync(`${mine}.pub`));
    node.world.host("all", node.server.port, `IdentityAgent ${socket}`, "IdentityFile none");
    node.world.host("chosen", node.server.port, `IdentityAgent ${socket}`, `IdentityFile ${publicHalf}`, "IdentitiesOnly yes");
    for (const half of [mine, `${mine}.pub`]) rmSync(half);
    expect(await thrownBy(node.world.open("all", ["true"]))).toMatchObject(failure("authentication", /Too many authentication failures/));
    expect(await run(node.world, "chosen", "echo", "in")).toBe("in\n");
  });

  test("leaves a key with a passphrase to the system's ssh, unless the agent holds it", async () => {
    await using node = await node1();
    const locked = join(node.world.folder, "id");
    const socket = await sshAgent(node.world, [locked]);
    node.world.run("ssh-keygen", "-q", "-p", "-P", "", "-N", "secret", "-f", locked);
    expect(await thrownBy(node.world.open("n1", ["true"]))).toMatchObject(failure("unsupported", new RegExp(`${locked} has a passphrase`)));
    node.world.host("agent", node.server.port, `IdentityAgent ${socket}`);
    expect(await run(node.world, "agent", "echo", "in")).toBe("in\n");
  });

  test("goes on without an agent that does not answer the phone", async () => {
    await using node = await node1();
    node.world.host("agent", node.server.port, "IdentityAgent /no/such/agent");
    expect(await run(node.world, "agent", "echo", "in")).toBe("in\n");
  });

  test("leaves what wants more than a key to the system's ssh", async () => {
    await using node = await node1("AuthenticationMethods publickey,password", "PasswordAuthentication yes");
    expect(await thrownBy(node.world.open("n1", ["true"]))).toMatchObject(failure("unsupported", /more than a key/));
  });

  test("takes account, port and key from the options, over the configuration", async () => {
    await using node = await node1();
    node.world.host("other", 1, "User nobody-at-all");
    const key = join(node.world.folder, "elsewhere");
    writeFileSync(key, readFileSync(join(node.world.folder, "id")), { mode: 0o600 });
    rmSync(join(node.world.folder, "id"));
    await using session = await node.world.open("other", ["echo", "in"], { user: "root", port: node.server.port, identityFiles: [key] });
    expect(await text(session.stdout)).toBe("in\n");
  });
});

describe.skipIf(noSshd !== undefined)("a connection that fails", () => {
  test("to a port where nobody listens is told as unreachable", async () => {
    await using world = sshWorld();
    const port = await freePort();
    world.host("n1", port);
    expect(await thrownBy(world.open("n1", ["true"]))).toMatchObject(failure("unreachable", new RegExp(`127\\.0\\.0\\.1 port ${port}: .*ECONNREFUSED`)));
  });

  test("to a server that says nothing ends after ConnectTimeout", async () => {
    await using world = sshWorld();
    world.host("n1", await world.listen(createServer()), "ConnectTimeout 1");
    expect(await thrownBy(world.open("n1", ["true"]))).toMatchObject(failure("unreachable", /Timed out/));
  });

  test("to a server that speaks another protocol, or hangs up, is told as unreachable", async () => {
    await using world = sshWorld();
    world.host("web", await world.listen(createServer((socket) => socket.on("error", () => undefined).end("HTTP/1.1 400 Bad Request\r\n\r\n"))));
    world.host("shy", await world.listen(createServer((socket) => socket.destroy())));
    for (const host of ["web", "shy"]) expect(await thrownBy(world.open(host, ["true"]))).toMatchObject(failure("unreachable", /log in to/));
  });

  test("because the host drops connections (MaxStartups) is told as unreachable", async () => {
    await using node = await node1("MaxStartups 1:100:1");
    const idle = connect(node.server.port, "127.0.0.1");
    await once(idle, "data");
    expect(await thrownBy(node.world.open("n1", ["true"]))).toMatchObject(failure("unreachable", /log in to n1/));
    idle.destroy();
    await once(idle, "close");
  });

  test("in the middle of a command is told as disconnected, and the streams end", async () => {
    await using node = await node1();
    await using session = await node.world.open("n1", ["sh", "-c", "echo started; sleep 1000"]);
    await once(session.stdout, "readable");
    for (const pid of node.server.connections()) kill(pid);
    expect(await text(session.stdout)).toBe("started\n");
    expect(await session.ended).toMatchObject({ type: "disconnected", failure: { reason: "unreachable", message: expect.stringContaining("lost") } });
  });

  test("without a word is noticed, because signs of life are asked for", async () => {
    await using node = await node1();
    await using session = await node.world.open("n1", ["sleep", "1000"], { keepaliveMs: 20, keepaliveCount: 3 });
    for (const pid of node.server.connections()) kill(pid, "SIGSTOP");
    expect(await session.ended).toMatchObject({ type: "disconnected", failure: { message: expect.stringContaining("Keepalive") } });
  });

  test("because there is no ssh to ask is left to the system's ssh", async () => {
    await using node = await node1();
    vi.stubEnv("PATH", "/nowhere");
    try {
      expect(await thrownBy(node.world.open("n1", ["true"]))).toMatchObject(failure("unsupported", /OpenSSH installed/));
    } finally {
      vi.unstubAllEnvs();
    }
  });
});

describe.skipIf(noSshd !== undefined)("jump hosts", () => {
  /** Servers j1, j2 and n1; n1 is reached through j2, and chained through both. */
  async function hops() {
    await using stack = new AsyncDisposableStack();
    const node = stack.use(await node1());
    const [j1, j2] = [await node.world.sshd(), await node.world.sshd()];
    for (const [name, server] of Object.entries({ j1, j2 })) {
      node.world.host(name, server.port);
      node.world.know(server.port, server.hostKey);
    }
    node.world.host("behind", node.server.port, "ProxyJump j2");
    node.world.host("far-behind", node.server.port, "ProxyJump j1,root@j2");
    const owned = stack.move();
    return { world: node.world, server: node.server, j1, j2, [Symbol.asyncDispose]: () => owned.disposeAsync() };
  }

  test("are gone through, one or a chain of them", async () => {
    await using hosts = await hops();
    await using session = await hosts.world.open("behind", ["sh", "-c", "cat; exit 4"]);
    const sent = randomBytes(3_000_000);
    session.stdin.end(sent);
    expect((await buffer(session.stdout)).equals(sent)).toBe(true);
    expect(await session.ended).toEqual({ type: "exited", code: 4, signal: null });
    expect(session.direct).toBe(false);
    expect(hosts.j1.log()).not.toContain("Accepted");
    expect(await run(hosts.world, "far-behind", "echo", "far")).toBe("far\n");
    for (const jump of [hosts.j1, hosts.j2]) expect(jump.log()).toContain("Accepted publickey");
    await vi.waitFor(() => expect([hosts.j1, hosts.j2, hosts.server].flatMap((host) => host.connections())).toEqual([]), patience);
  });

  test("have their own host keys verified", async () => {
    await using hosts = await hops();
    writeFileSync(hosts.world.knownHosts, "");
    hosts.world.know(hosts.server.port, hosts.server.hostKey);
    expect(await thrownBy(hosts.world.open("behind", ["true"]))).toMatchObject(failure("host-key", /host key of j2 is not known/));
  });

  test("do not hide whose host key is wrong", async () => {
    await using hosts = await hops();
    writeFileSync(hosts.world.knownHosts, "");
    hosts.world.know(hosts.j2.port, hosts.j2.hostKey);
    hosts.world.know(hosts.server.port, hosts.j2.hostKey);
    expect(await thrownBy(hosts.world.open("behind", ["true"]))).toMatchObject(failure("host-key", /host key of behind is not the one/));
  });

  test("that can't connect any further are named", async () => {
    await using hosts = await hops();
    hosts.world.host("nobody", await freePort(), "ProxyJump j1");
    expect(await thrownBy(hosts.world.open("nobody", ["true"]))).toMatchObject(failure("unreachable", /jump host j1 could not connect to 127\.0\.0\.1 port/));
  });

  test("that are lost take the session with them", async () => {
    await using hosts = await hops();
    await using session = await hosts.world.open("behind", ["sleep", "1000"]);
    for (const pid of hosts.j2.connections()) kill(pid);
    expect(await session.ended).toMatchObject({ type: "disconnected" });
  });

  test("that lead to each other are left to the system's ssh", async () => {
    await using hosts = await hops();
    appendFileSync(hosts.world.configFile, "Host ring-a\nProxyJump ring-b\nHost ring-b\nProxyJump ring-a\n");
    expect(await thrownBy(hosts.world.open("ring-a", ["true"]))).toMatchObject(failure("unsupported", /jump hosts/));
  });
});
