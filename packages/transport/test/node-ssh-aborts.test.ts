import { getEventListeners } from "node:events";
import { createServer } from "node:net";
import { join } from "node:path";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { tcpConnect } from "../src/tcp-connect.ts";
import { commandsBelow, PATIENCE, thrownBy } from "./world.ts";
import { faultyServer } from "./faulty-ssh-server.ts";
import { failure, type SshWorld, sshWorld } from "./ssh-world.ts";

/** Lets a host be "n1" at which an attempt gets as far as the name says, and resolves when it is there. */
const stages: Readonly<Record<string, (world: SshWorld) => Promise<{ readonly reached: Promise<unknown> }>>> = {
  "the configuration is read": async (world) => {
    world.host("n1", 1, 'Match exec "sleep 1001"');
    return {
      reached: vi.waitFor(() => expect(commandsBelow(process.pid)).toContain("sleep 1001"), PATIENCE),
    };
  },
  "the agent does not answer": async (world) => {
    const agent = join(world.folder, "agent");
    const asked = Promise.withResolvers<void>();
    await world.listen(
      createServer((socket) => socket.once("data", () => asked.resolve())),
      agent,
    );
    world.host("n1", 1, `IdentityAgent ${agent}`);
    return { reached: asked.promise };
  },
  "the host does not greet": async (world) => {
    const connected = Promise.withResolvers<void>();
    const port = await world.listen(createServer((socket) => socket.once("data", () => connected.resolve())));
    world.host("n1", port);
    return { reached: connected.promise };
  },
  "the host does not let us in": async (world) => {
    const asked = Promise.withResolvers<void>();
    await faultyServer(world, "n1", { login: () => asked.resolve() });
    return { reached: asked.promise };
  },
  "the command is not started": async (world) => {
    const asked = Promise.withResolvers<void>();
    await faultyServer(world, "n1", { command: (session) => session.on("exec", () => asked.resolve()) });
    return { reached: asked.promise };
  },
  "the jump host does not connect": async (world) => {
    const asked = Promise.withResolvers<void>();
    await faultyServer(world, "jump", { forward: () => asked.resolve() });
    world.host("n1", 1, "ProxyJump jump");
    return { reached: asked.promise };
  },
};

/** What keeps a process alive and belongs to connections and children. */
const openHandles = (): readonly string[] =>
  process
    .getActiveResourcesInfo()
    .filter((name) => /TCPSocket|TCPConnect|Pipe|Process/.test(name))
    .sort();

/** Those of the test runner itself. */
const idle = openHandles();

describe("an attempt that is given up", () => {
  // What an earlier test had is closed a little after its end.
  beforeEach(() => vi.waitFor(() => expect(openHandles()).toEqual(idle), PATIENCE));

  test.each(Object.entries(stages))(
    "while %s leaves no socket, no process and no listener",
    async (_stage, prepare) => {
      await using world = sshWorld();
      world.key("id");
      const { reached } = await prepare(world);
      const before = openHandles();
      const controller = new AbortController();
      const thrown = thrownBy(world.open("n1", ["true"], { signal: controller.signal }));
      await reached;
      const reason = new Error("given up");
      controller.abort(reason);
      expect(await thrown).toBe(reason);
      expect(getEventListeners(controller.signal, "abort")).toEqual([]);
      await vi.waitFor(() => expect(openHandles()).toEqual(before), PATIENCE);
      expect(commandsBelow(process.pid)).not.toContain("sleep 1001");
    },
  );

  test("before it began does nothing", async () => {
    await using world = sshWorld();
    const before = openHandles();
    const reason = new Error("given up");
    expect(await thrownBy(world.open("n1", ["true"], { signal: AbortSignal.abort(reason) }))).toBe(reason);
    expect(openHandles()).toEqual(before);
  });

  test("while it connects leaves no socket", async () => {
    const before = openHandles();
    const resources = new DisposableStack();
    const connecting = thrownBy(tcpConnect({ host: "127.0.0.1", port: 9, family: 4 }, 60_000, resources));
    resources.dispose();
    expect(await connecting).toMatchObject(failure("unreachable", /was closed/));
    await vi.waitFor(() => expect(openHandles()).toEqual(before), PATIENCE);
  });
});

describe("a host that lets us in and then", () => {
  test("closes the connection, as where the account may not use the node, is told as such", async () => {
    await using world = sshWorld();
    world.key("id");
    await faultyServer(world, "n1", {
      login: (context) => {
        if (context.method !== "publickey") context.reject(["publickey"]);
        else if (context.signature === undefined) context.accept();
        // What pam_slurm_adopt does.
        else world.hangUp();
      },
    });
    expect(await thrownBy(world.open("n1", ["true"]))).toMatchObject(
      failure("authentication", /took .*\/id, and then the connection ended.*May this account use that node/),
    );
  });

  test("opens no channel is told as one that was reached", async () => {
    await using world = sshWorld();
    await faultyServer(world, "n1", { refusesSessions: true });
    expect(await thrownBy(world.open("n1", ["true"]))).toMatchObject(failure("not-started", /did not run the command/));
  });

  test("hangs up before the command runs is told as lost", async () => {
    await using world = sshWorld();
    await faultyServer(world, "n1", { command: () => world.hangUp() });
    expect(await thrownBy(world.open("n1", ["true"]))).toMatchObject(
      failure("unreachable", /lost before the command ran/),
    );
  });
});
