import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { thrownBy } from "./world.ts";
import { noSshd } from "./ssh-server.ts";
import { failure, reachableNode, run, sshWorld } from "./ssh-world.ts";

describe.skipIf(noSshd)("the host key", () => {
  test("that is not known is refused, naming the files that were looked into", async () => {
    await using node = await reachableNode();
    writeFileSync(node.world.knownHosts, "");
    expect(await thrownBy(node.world.open("n1", ["true"]))).toMatchObject(
      failure(
        "host-key",
        new RegExp(
          `ssh-ed25519 SHA256:.*none for \\[127\\.0\\.0\\.1\\]:${node.server.port} is in ${node.world.knownHosts}`,
        ),
      ),
    );
    expect(node.server.log()).not.toContain("Accepted");
  });

  test("that has changed is refused, naming the line, and no key of ours is shown", async () => {
    await using node = await reachableNode();
    writeFileSync(node.world.knownHosts, "# A comment\n");
    node.world.know(node.server.port, readFileSync(`${node.world.key("older")}.pub`, "utf8").trim());
    expect(await thrownBy(node.world.open("n1", ["true"]))).toMatchObject(
      failure(
        "host-key",
        new RegExp(`${node.world.knownHosts}:2 has for .*expected .*SHA256:.*received .*SHA256:.*ssh-keygen -R`, "s"),
      ),
    );
    expect(node.server.log()).not.toContain("publickey");
  });

  test("that is revoked is refused", async () => {
    await using node = await reachableNode();
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
    await using node = await reachableNode();
    writeFileSync(node.world.knownHosts, "");
    node.world.host("adds", node.server.port, "StrictHostKeyChecking accept-new");
    expect(await thrownBy(node.world.open("adds", ["true"]))).toMatchObject(
      failure("unsupported", /StrictHostKeyChecking/),
    );
    expect(node.server.log()).not.toContain("Connection from");
  });
});
