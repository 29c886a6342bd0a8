import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { expect, test, vi } from "vitest";
import { type RunCmd, runCmdLocalAsync, workerLauncherWithRunCmd } from "../../src/index.ts";
import { loadedModules, surroundings } from "../functions.ts";
import { patience, testWorld, type World } from "../world.ts";

/** The runtime's compiler of TypeScript. */
const compiler = /amaro/u;

/** What a worker of a new agent has loaded of the runtime's compiler, and which directory for compiled code its functions see. */
async function lookAround(world: World, options: { readonly compileCache?: string }): Promise<{ readonly compiler: readonly string[]; readonly variables: readonly (string | null)[] }> {
  // The world's own variables would decide where compiled code is kept.
  const runCmd: RunCmd = (command) => runCmdLocalAsync({ ...command, without: /^NODE_/u, env: { ...command.env, HYPERION_TEST_WORLD: world.env["HYPERION_TEST_WORLD"] ?? "" } });
  await using launcher = await workerLauncherWithRunCmd(world.folder, runCmd, { headSilenceMs: null, ...options });
  await using worker = await launcher.launch({});
  const { builtIn } = await worker.call(loadedModules, null);
  const { variables } = await worker.call(surroundings, ["NODE_COMPILE_CACHE"]);
  // It keeps what it has compiled a little later.
  await pause(100);
  return { compiler: builtIn.filter((name) => compiler.test(name)), variables };
}

test("what is compiled once is not compiled again, the programs' first files neither: workers do without the compiler", async () => {
  await using world = testWorld();
  const cached = { compileCache: join(world.folder, "compiled") };
  expect((await lookAround(world, {})).compiler).not.toEqual([]);
  await vi.waitFor(async () => expect((await lookAround(world, cached)).compiler).toEqual([]), patience);
});

test("functions, and the programs that they start, see nothing of the directory for compiled code", async () => {
  await using world = testWorld();
  expect((await lookAround(world, { compileCache: join(world.folder, "compiled") })).variables).toEqual([null]);
});
