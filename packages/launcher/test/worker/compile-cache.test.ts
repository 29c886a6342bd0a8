import { chmodSync, mkdirSync, readdirSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { expect, test, vi } from "vitest";
import {
  LaunchError,
  openNodeLauncher,
  type RunCmd,
  runCmdLocalAsync,
  type Transport,
  TransportError,
  workerLauncherWithRunCmd,
} from "../../src/index.ts";
import { agentProgram } from "../../src/head/program-file.ts";
import { loadedModules, surroundings } from "../functions.ts";
import { PATIENCE, testWorld, type World } from "../world.ts";

/** The runtime's compiler of TypeScript. */
const COMPILER = /amaro/u;

/** What a worker of a new agent has loaded of the runtime's compiler, and which directory for compiled code its functions see. */
async function lookAround(
  world: World,
  options: { readonly compileCache?: string },
): Promise<{ readonly compiler: readonly string[]; readonly variables: readonly (string | null)[] }> {
  // The world's own variables would decide where compiled code is kept.
  const runCmd: RunCmd = (command) =>
    runCmdLocalAsync({
      ...command,
      passes: (name) => !name.startsWith("NODE_"),
      env: {
        ...command.env,
        HYPERION_TEST_WORLD: world.env["HYPERION_TEST_WORLD"] ?? "",
        XDG_CACHE_HOME: join(world.folder, "cache"),
      },
    });
  await using launcher = await workerLauncherWithRunCmd(world.folder, runCmd, {
    times: { headSilenceMs: Infinity },
    ...options,
  });
  await using worker = await launcher.launch({});
  const { builtIn } = await worker.call(loadedModules, null);
  const { variables } = await worker.call(surroundings, ["NODE_COMPILE_CACHE", "HYPERION_COMPILE_CACHE"]);
  // It keeps what it has compiled a little later.
  await pause(100);
  return { compiler: builtIn.filter((name) => COMPILER.test(name)), variables };
}

const logsOf = ({ folder }: World): string =>
  readdirSync(folder)
    .filter((name) => name.endsWith(".log"))
    .map((name) => readFileSync(join(folder, name), "utf8"))
    .join("");

test("what is compiled once is not compiled again, the programs' first files neither: workers do without the compiler", async () => {
  await using world = testWorld();
  const cached = { compileCache: join(world.folder, "compiled") };
  expect((await lookAround(world, {})).compiler).not.toEqual([]);
  await vi.waitFor(async () => expect((await lookAround(world, cached)).compiler).toEqual([]), PATIENCE);
});

test("functions, and the programs that they start, see nothing of the directory for compiled code", async () => {
  await using world = testWorld();
  expect((await lookAround(world, { compileCache: join(world.folder, "compiled") })).variables).toEqual([null, null]);
});

test("an agent on another node is told which directory is wanted, and looks at it itself before anything of it is run", async () => {
  await using world = testWorld();
  const commands: (readonly string[])[] = [];
  const open: Transport["open"] = (_host, argv) => {
    commands.push(argv);
    return Promise.reject(new TransportError({ reason: "unsupported", message: "only heard what it should run" }));
  };
  const opened = openNodeLauncher(
    { logDir: world.folder, compileCache: "/compiled", reach: { transport: { type: "custom", transport: { open } } } },
    { type: "RemoteAddr", hostname: "n1" },
  );
  await expect(opened).rejects.toThrow(LaunchError);
  expect(commands.map((argv) => [argv.at(-4), ...argv.slice(-2)])).toEqual([
    [process.execPath, agentProgram, "/compiled"],
  ]);
});

test("where others may write to the directory, or to one above it, compiled code is kept in the user's own, and the agent's log says why", async () => {
  await using world = testWorld();
  const shared = join(world.folder, "shared");
  mkdirSync(shared);
  chmodSync(shared, 0o770);
  await lookAround(world, { compileCache: join(shared, "data/compiled") });
  expect(readdirSync(shared)).toEqual([]);
  expect(readdirSync(join(world.folder, "cache/hyperion-ts/compiled"))).not.toEqual([]);
  expect(logsOf(world)).toContain(
    `Compiled code is kept in ${join(realpathSync(world.folder), "cache/hyperion-ts/compiled")}: ${realpathSync(shared)} may be written to by others (mode 0770)`,
  );
});

test("where the user's own can't be had either, it is kept nowhere", async () => {
  await using world = testWorld();
  writeFileSync(join(world.folder, "cache"), "");
  writeFileSync(join(world.folder, "wanted"), "");
  expect((await lookAround(world, { compileCache: join(world.folder, "wanted/compiled") })).compiler).not.toEqual([]);
  expect(logsOf(world)).toMatch(/Compiled code is kept nowhere, so workers start more slowly: .*wanted.*; .*cache/);
});
