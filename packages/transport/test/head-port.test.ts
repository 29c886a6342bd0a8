import { randomBytes, randomUUID } from "node:crypto";
import { once } from "node:events";
import { connect as connectTcp, type Socket } from "node:net";
import { connect as connectTls, type ConnectionOptions, type TLSSocket } from "node:tls";
import { describe, expect, test, vi } from "vitest";
import { type Invitation, openHeadPort } from "../src/head-port.ts";
import { PATIENCE, thrownBy } from "./world.ts";

interface Credentials {
  readonly identity: string;
  readonly key: string;
}

/** Calls a port as an agent does; `credentials` are shown when the port asks for them. */
async function call(port: number, { identity, key }: Credentials, options: ConnectionOptions = {}): Promise<TLSSocket> {
  const socket = connectTls({
    host: "127.0.0.1",
    port,
    minVersion: "TLSv1.3",
    pskCallback: () => ({ psk: Buffer.from(key, "base64"), identity }),
    checkServerIdentity: () => undefined,
    ...options,
  });
  try {
    await once(socket, "secureConnect");
    return socket;
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

/** Whether an invitation has been taken up so far. */
const hasArrived = (invitation: Invitation): Promise<boolean> =>
  Promise.race([
    invitation.arrived.then(() => true),
    new Promise<boolean>((resolve) => setImmediate(() => resolve(false))),
  ]);

/** That the port still does its work. */
async function expectWorking(port: Awaited<ReturnType<typeof openHeadPort>>): Promise<void> {
  using invitation = port.invite();
  const calling = await call(port.port, invitation);
  const arrived = await invitation.arrived;
  arrived.write("to the agent");
  calling.write("to the head");
  expect(String((await once(calling, "data"))[0])).toBe("to the agent");
  expect(String((await once(arrived, "data"))[0])).toBe("to the head");
  for (const socket of [calling, arrived]) socket.destroy();
}

describe("the port for agents", () => {
  test("lets in who has the key, under TLS 1.3", async () => {
    await using port = await openHeadPort();
    using invitation = port.invite();
    const calling = await call(port.port, invitation);
    expect((await invitation.arrived).getProtocol()).toBe("TLSv1.3");
    for (const socket of [calling, await invitation.arrived]) socket.destroy();
    await expectWorking(port);
  });

  test("tells its invitations apart, whichever is taken up first", async () => {
    await using port = await openHeadPort();
    using first = port.invite();
    using second = port.invite();
    const calling = await call(port.port, second);
    (await second.arrived).end("for the second");
    expect(String((await once(calling, "data"))[0])).toBe("for the second");
    expect(await hasArrived(first)).toBe(false);
    calling.destroy();
  });

  test.each<[string, (invitation: Invitation) => Promise<TLSSocket>]>([
    [
      "with the name of an invitation and another key",
      (invitation) => call(invitation.port, { identity: invitation.identity, key: randomBytes(32).toString("base64") }),
    ],
    ["with a name that is not expected", ({ port, key }) => call(port, { identity: randomUUID(), key })],
    ["with neither", ({ port }) => call(port, { identity: "", key: "" }, { pskCallback: () => null })],
    [
      "by TLS 1.2, with the right key",
      (invitation) =>
        call(invitation.port, invitation, { minVersion: "TLSv1.2", maxVersion: "TLSv1.2", ciphers: "PSK" }),
    ],
  ])("refuses who comes %s", async (_, comes) => {
    await using port = await openHeadPort();
    using invitation = port.invite();
    expect(await thrownBy(comes(invitation))).toBeInstanceOf(Error);
    expect(await hasArrived(invitation)).toBe(false);
    await expectWorking(port);
  });

  test("takes up an invitation once only, and none that was withdrawn", async () => {
    await using port = await openHeadPort();
    const invitation = port.invite();
    const calling = await call(port.port, invitation);
    expect(await thrownBy(call(port.port, invitation))).toBeInstanceOf(Error);
    const withdrawn = port.invite();
    withdrawn[Symbol.dispose]();
    expect(await thrownBy(call(port.port, withdrawn))).toBeInstanceOf(Error);
    for (const socket of [calling, await invitation.arrived]) socket.destroy();
  });

  test.each([
    ["nothing", Buffer.alloc(0)],
    ["something that is no TLS", Buffer.from("GET / HTTP/1.1\r\n\r\n")],
    ["half a handshake", Buffer.from("1603010200010001fc0303", "hex")],
    ["noise", randomBytes(100_000)],
  ])("is not disturbed by a stranger who says %s", async (_, said) => {
    await using port = await openHeadPort();
    const stranger: Socket = connectTcp(port.port, "127.0.0.1")
      .on("error", () => undefined)
      .resume();
    await once(stranger, "connect");
    stranger.write(said);
    await expectWorking(port);
    stranger.destroy();
    await expectWorking(port);
  });

  test("hangs up on a stranger who says nothing, when it has waited long enough", async () => {
    await using port = await openHeadPort(0, 50);
    const stranger = connectTcp(port.port, "127.0.0.1")
      .on("error", () => undefined)
      .resume();
    await once(stranger, "close");
    await expectWorking(port);
  });

  test("closes, and keeps the connections that were made", async () => {
    const port = await openHeadPort();
    using invitation = port.invite();
    const calling = await call(port.port, invitation);
    const arrived = await invitation.arrived;
    await port[Symbol.asyncDispose]();
    await vi.waitFor(
      async () => expect(await thrownBy(call(port.port, invitation))).toMatchObject({ code: "ECONNREFUSED" }),
      PATIENCE,
    );
    arrived.write("still here");
    expect(String((await once(calling, "data"))[0])).toBe("still here");
    for (const socket of [calling, arrived]) socket.destroy();
  });
});
