import { randomBytes } from "node:crypto";
import { appendFileSync, writeFileSync } from "node:fs";
import { buffer } from "node:stream/consumers";
import { describe, expect, test, vi } from "vitest";
import { sendSignal } from "@hyperion-ts/processes";
import { PATIENCE, thrownBy } from "./world.ts";
import { freePort, noSshd } from "./ssh-server.ts";
import { failure, reachableNode, run } from "./ssh-world.ts";

describe.skipIf(noSshd)("jump hosts", () => {
  /** Servers j1, j2 and n1; n1 is reached through j2, and chained through both. */
  async function hops() {
    await using stack = new AsyncDisposableStack();
    const node = stack.use(await reachableNode());
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
    await vi.waitFor(
      () => expect([hosts.j1, hosts.j2, hosts.server].flatMap((host) => host.connections())).toEqual([]),
      PATIENCE,
    );
  });

  test("have their own host keys verified", async () => {
    await using hosts = await hops();
    writeFileSync(hosts.world.knownHosts, "");
    hosts.world.know(hosts.server.port, hosts.server.hostKey);
    expect(await thrownBy(hosts.world.open("behind", ["true"]))).toMatchObject(
      failure("host-key", /host key of j2 is not known/),
    );
  });

  test("do not hide whose host key is wrong", async () => {
    await using hosts = await hops();
    writeFileSync(hosts.world.knownHosts, "");
    hosts.world.know(hosts.j2.port, hosts.j2.hostKey);
    hosts.world.know(hosts.server.port, hosts.j2.hostKey);
    expect(await thrownBy(hosts.world.open("behind", ["true"]))).toMatchObject(
      failure("host-key", /host key of behind is not the one/),
    );
  });

  test("that can't connect any further are named", async () => {
    await using hosts = await hops();
    hosts.world.host("nobody", await freePort(), "ProxyJump j1");
    expect(await thrownBy(hosts.world.open("nobody", ["true"]))).toMatchObject(
      failure("unreachable", /jump host j1 could not connect to 127\.0\.0\.1 port/),
    );
  });

  test("that are lost take the session with them", async () => {
    await using hosts = await hops();
    await using session = await hosts.world.open("behind", ["sleep", "1000"]);
    for (const pid of hosts.j2.connections()) sendSignal(pid, "SIGKILL");
    expect(await session.ended).toMatchObject({ type: "disconnected" });
  });

  test("that lead to each other are left to the system's ssh", async () => {
    await using hosts = await hops();
    appendFileSync(hosts.world.configFile, "Host ring-a\nProxyJump ring-b\nHost ring-b\nProxyJump ring-a\n");
    expect(await thrownBy(hosts.world.open("ring-a", ["true"]))).toMatchObject(failure("unsupported", /jump hosts/));
  });
});
