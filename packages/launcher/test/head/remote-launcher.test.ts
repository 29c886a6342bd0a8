import { expect, test, vi } from "vitest";
import { type CommandSession, type NodeLauncherConfig, openNodeLauncher } from "../../src/index.ts";
import { square } from "../functions.ts";
import { PATIENCE, testWorld, thrownBy, type World } from "../world.ts";

/** Runs one handshake at a time. */
function oneAtATime(): NonNullable<NodeLauncherConfig["throttle"]> {
  let last = Promise.resolve();
  return (handshake) => (last = last.then(handshake));
}

/** Opens sessions on this machine; that of `silent` never says a word. What was opened stands in `opened`, in order. */
function transports(world: World, loggedIn: boolean) {
  const opened: string[] = [];
  const open = async (host: string, argv: readonly string[]): Promise<CommandSession> => {
    opened.push(host);
    const session = await world.runCmd({ argv: host === "silent" ? ["sleep", "1000"] : argv });
    const { description, direct, stdin, stdout, stderr, ended } = session;
    return {
      description,
      direct,
      loggedIn,
      stdin,
      stdout,
      stderr,
      ended,
      lastErrors: () => "",
      kill: () => session.kill(),
      [Symbol.asyncDispose]: async () => session.kill(),
    };
  };
  return {
    opened,
    config: {
      logDir: world.folder,
      throttle: oneAtATime(),
      reach: { transport: { type: "custom", transport: { open } } },
    } as const,
  };
}

test("a node that is slow behind its handshake does not hold up the handshakes of others", async () => {
  await using world = testWorld();
  const { opened, config } = transports(world, true);
  const giveUp = new AbortController();
  const slow = thrownBy(openNodeLauncher(config, { type: "RemoteAddr", hostname: "silent" }, giveUp.signal));
  await using launcher = await openNodeLauncher(config, { type: "RemoteAddr", hostname: "quick" });
  await using worker = await launcher.launch({});
  expect([opened, await worker.call(square, 5)]).toEqual([["silent", "quick"], 25]);
  giveUp.abort(new Error("enough"));
  expect(await slow).toMatchObject({ message: "enough" });
});

test("where only the agent's first words tell that the handshake is over, the next one waits for them", async () => {
  await using world = testWorld();
  const { opened, config } = transports(world, false);
  const giveUp = new AbortController();
  const slow = thrownBy(openNodeLauncher(config, { type: "RemoteAddr", hostname: "silent" }, giveUp.signal));
  const next = openNodeLauncher(config, { type: "RemoteAddr", hostname: "quick" });
  await vi.waitFor(() => expect(opened).toEqual(["silent"]), PATIENCE);
  giveUp.abort(new Error("enough"));
  expect(await slow).toMatchObject({ message: "enough" });
  await using launcher = await next;
  expect([opened, launcher.node]).toEqual([["silent", "quick"], "quick"]);
});
