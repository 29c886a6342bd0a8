import { once } from "node:events";
import { createServer } from "node:net";
import { describe, expect, test } from "vitest";
import { callHead } from "../src/call-head.ts";
import { type Invitation, openHeadPort } from "../src/head-port.ts";
import { thrownBy } from "./world.ts";

const messageOf = ({ identity, key, port }: Invitation, hosts: readonly string[]): Parameters<typeof callHead>[0] => ({
  identity,
  key,
  hosts,
  port,
});

describe("an agent's call to its head", () => {
  test.each([
    ["under one of the names that it was told", ["127.0.0.2", "no-such-host.invalid", "127.0.0.1"], {}],
    ["where its ssh session came from", [], { SSH_CONNECTION: "127.0.0.1 40000 10.0.0.1 22" }],
    ["where srun was run", [], { SLURM_LAUNCH_NODE_IPADDR: "127.0.0.1" }],
  ])("reaches it %s", async (_, hosts, env) => {
    await using port = await openHeadPort();
    using invitation = port.invite();
    const socket = await callHead(messageOf(invitation, hosts), env);
    (await invitation.arrived).end("hello");
    expect(String((await once(socket, "data"))[0])).toBe("hello");
    socket.destroy();
  });

  test("that nobody answers names every host, and what to do", async () => {
    const port = await openHeadPort();
    using invitation = port.invite();
    await port[Symbol.asyncDispose]();
    const error = await thrownBy(callHead(messageOf(invitation, ["127.0.0.1", "no-such-host.invalid"]), {}));
    expect(error).toMatchObject({
      message: expect.stringMatching(
        /port \d+ could not be reached.*127\.0\.0\.1: .*ECONNREFUSED.*; no-such-host\.invalid: .*firewall/,
      ),
    });
  });

  test("is not taken by somebody else who listens there, and the key is not told to him", async () => {
    const heard: Buffer[] = [];
    const stranger = createServer((socket) =>
      socket
        .on("error", () => undefined)
        .on("data", (chunk: Buffer) => void heard.push(chunk))
        .once("data", () => socket.end("no TLS")),
    );
    stranger.listen(0, "127.0.0.1");
    await once(stranger, "listening");
    await using real = await openHeadPort();
    using invitation = real.invite();
    const address = stranger.address();
    const message = {
      ...messageOf(invitation, ["127.0.0.1"]),
      port: typeof address === "object" && address !== null ? address.port : 0,
    };
    expect(await thrownBy(callHead(message, {}))).toMatchObject({
      message: expect.stringContaining("could not be reached"),
    });
    expect(Buffer.concat(heard).includes(Buffer.from(invitation.key, "base64"))).toBe(false);
    stranger.close();
  });

  test("is refused by a head that has another key for its name", async () => {
    await using port = await openHeadPort();
    using invitation = port.invite();
    using other = port.invite();
    expect(await thrownBy(callHead({ ...messageOf(invitation, ["127.0.0.1"]), key: other.key }, {}))).toMatchObject({
      message: expect.stringContaining("could not be reached"),
    });
  });
});
