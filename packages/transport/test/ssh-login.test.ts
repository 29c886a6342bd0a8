import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { describe, expect, test } from "vitest";
import { thrownBy } from "./world.ts";
import { noSshd } from "./ssh-server.ts";
import { failure, reachableNode, run, sshAgent, sshWorld } from "./ssh-world.ts";

describe.skipIf(noSshd)("logging in", () => {
  test.each([
    ["ecdsa", []],
    ["rsa", ["-b", "1024"]],
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
    await using node = await reachableNode("Banner /etc/hostname", "PasswordAuthentication yes");
    const other = node.world.key("other");
    node.world.host("wrong", node.server.port, `IdentityFile ${other}`, "IdentitiesOnly yes");
    rmSync(join(node.world.folder, "id"));
    expect(await thrownBy(node.world.open("wrong", ["true"]))).toMatchObject(
      failure(
        "authentication",
        new RegExp(
          `log in to wrong as root: it took none of ${other}.*publickey, ?password.*\\n {2}\\| ${readFileSync("/etc/hostname", "utf8").trim()}`,
          "s",
        ),
      ),
    );
  });

  test("is not disturbed by a banner, and keeps it out of the output", async () => {
    await using node = await reachableNode("Banner /etc/passwd");
    expect(await run(node.world, "n1", "echo", "in")).toBe("in\n");
  });

  test("shows no more keys than a host bears, with IdentitiesOnly and the agent", async () => {
    await using node = await reachableNode("MaxAuthTries 2");
    const mine = join(node.world.folder, "id");
    const socket = await sshAgent(node.world, [...["a", "b", "c"].map((name) => node.world.key(name)), mine]);
    const publicHalf = join(node.world.folder, "chosen.pub");
    writeFileSync(publicHalf, readFileSync(`${mine}.pub`));
    node.world.host("all", node.server.port, `IdentityAgent ${socket}`, "IdentityFile none");
    node.world.host(
      "chosen",
      node.server.port,
      `IdentityAgent ${socket}`,
      `IdentityFile ${publicHalf}`,
      "IdentitiesOnly yes",
    );
    for (const half of [mine, `${mine}.pub`]) rmSync(half);
    expect(await thrownBy(node.world.open("all", ["true"]))).toMatchObject(
      failure("authentication", /Too many authentication failures/),
    );
    expect(await run(node.world, "chosen", "echo", "in")).toBe("in\n");
  });

  test("leaves a key with a passphrase to the system's ssh, unless the agent holds it", async () => {
    await using node = await reachableNode();
    const locked = join(node.world.folder, "id");
    const socket = await sshAgent(node.world, [locked]);
    node.world.run("ssh-keygen", "-q", "-p", "-a", "1", "-P", "", "-N", "secret", "-f", locked);
    expect(await thrownBy(node.world.open("n1", ["true"]))).toMatchObject(
      failure("unsupported", new RegExp(`${locked} has a passphrase`)),
    );
    node.world.host("agent", node.server.port, `IdentityAgent ${socket}`);
    expect(await run(node.world, "agent", "echo", "in")).toBe("in\n");
  });

  test("goes on where the agent that is configured is not there", async () => {
    await using node = await reachableNode();
    node.world.host("agent", node.server.port, "IdentityAgent /no/such/agent");
    expect(await run(node.world, "agent", "echo", "in")).toBe("in\n");
  });

  test("leaves what wants more than a key to the system's ssh", async () => {
    await using node = await reachableNode("AuthenticationMethods publickey,password", "PasswordAuthentication yes");
    expect(await thrownBy(node.world.open("n1", ["true"]))).toMatchObject(failure("unsupported", /more than a key/));
  });

  test("takes account, port and key from the options, over the configuration", async () => {
    await using node = await reachableNode();
    node.world.host("other", 1, "User nobody-at-all");
    const key = join(node.world.folder, "elsewhere");
    writeFileSync(key, readFileSync(join(node.world.folder, "id")), { mode: 0o600 });
    rmSync(join(node.world.folder, "id"));
    await using session = await node.world.open("other", ["echo", "in"], {
      user: "root",
      port: node.server.port,
      identityFiles: [key],
    });
    expect(await text(session.stdout)).toBe("in\n");
  });
});
