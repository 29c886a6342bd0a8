/** Disks and databases that can't be used: what a person sees of a run then. */
import { execFile, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import {
  type Job,
  mapConcurrently,
  mapConcurrentlySettled,
  memoizeWithMap,
  remoteEval,
  runJobLocal,
} from "../../src/index.ts";
import { square } from "../functions.ts";
import { pad, pads } from "./programs/pads.ts";
import { numbers, ourProcesses, quiet, thrownBy, until, World } from "./world.ts";

const program = fileURLToPath(new URL("programs/pads.ts", import.meta.url));

const squares: Job<readonly number[]> = mapConcurrently([1, 2, 3], (x) => remoteEval(square, x));

/** The program, when it has stored the result of `x` and goes on storing others. */
async function storing(
  world: World,
): Promise<{ readonly pid: number; readonly x: number; readonly kill: () => Promise<unknown> }> {
  const child = spawn(process.execPath, [program, world.path, "100000", "10"], {
    stdio: ["ignore", "pipe", "ignore"],
    timeout: 120_000,
  });
  const exited = once(child, "exit");
  const [chunk] = await Promise.race([
    once(child.stdout, "data"),
    exited.then(() => Promise.reject(new Error("The program ended before it stored anything"))),
  ]);
  child.stdout.resume();
  const kill = (): Promise<unknown> => {
    child.kill("SIGKILL");
    return exited;
  };
  return { pid: child.pid ?? 0, x: Number(String(chunk).split("\n")[0]), kill };
}

/** Runs the program to its end; its lines. */
const linesOf = (argv: readonly string[]): Promise<readonly string[]> =>
  new Promise((resolve) => {
    const [file = "", ...args] = argv;
    execFile(file, args, (_error, stdout) => resolve(stdout.trim().split("\n")));
  });

/** Only root may mount, and only where the kernel or a container lets it. */
const mayMount =
  spawnSync("unshare", ["-m", "mount", "-t", "tmpfs", "tmpfs", "/mnt"], { stdio: "ignore" }).status === 0;

/** `argv` where a file system of its own is at `directory`, which nobody else sees, and which ends with the command. */
const withMount = (options: string, directory: string, argv: readonly string[]): string[] => [
  "unshare",
  "-m",
  "sh",
  "-c",
  'mount -t tmpfs -o "$1" tmpfs "$2" && shift 2 && exec "$@"',
  "sh",
  options,
  directory,
  ...argv,
];

test("a database that another living program holds is refused, and its host, its process and since when are named", async () => {
  await using world = new World();
  const holder = await storing(world);
  const error = await thrownBy(runJobLocal(world.info, squares, quiet));
  expect(error).toMatchObject({ name: "ResultsError", code: "locked", path: world.info.database });
  expect(error.message).toMatch(
    /is held by process \d+ on host .+ \(program \w+\), since \d{4}-\d\d-\d\dT.*Z\. Wait until that process has ended, or stop it; or give this program another directory/,
  );
  expect(error.message).toContain(`process ${holder.pid} on host ${hostname()}`);
  await holder.kill();
  await until(() => ourProcesses().length === 0);
});

test("what a killed program held is free for the next one, which finds its results", async () => {
  await using world = new World();
  const { x, kill } = await storing(world);
  await kill();
  const events: string[] = [];
  const first = { x, bytes: 10, print: false };
  const value = await runJobLocal(
    world.info,
    memoizeWithMap(pads, (key) => remoteEval(pad, key), first),
    { ...quiet, onEvent: ({ event }) => event.type === "worker-started" && events.push(event.type) },
  );
  expect({ value, events }).toEqual({ value: "x".repeat(10), events: [] });
  await until(() => ourProcesses().length === 0);
});

test("a damaged database is refused with the way to save what is in it, and left as it is", async () => {
  await using world = new World();
  const { info } = world;
  writeFileSync(info.database, "Dear diary, ".repeat(1_000));
  const error = await thrownBy(runJobLocal(info, squares, quiet));
  expect(error).toMatchObject({
    name: "ResultsError",
    code: "damaged",
    message: expect.stringMatching(
      /^Opening the results database .*results\.sqlite failed: file is not a database\. Keep a copy of the file.*\.recover/,
    ),
  });
  expect(readFileSync(info.database, "utf8")).toMatch(/^Dear diary/);
  expect(ourProcesses()).toEqual([]);
});

test("pages that are damaged fail the calls that need them, and no others", async () => {
  await using world = new World();
  const remembered = (x: number): Job<string> =>
    memoizeWithMap(pads, (key) => remoteEval(pad, key), { x, bytes: 100, print: false });
  await runJobLocal(world.info, mapConcurrently(numbers(200), remembered), quiet);
  const bytes = readFileSync(world.info.database);
  // The first pages hold the tables' roots.
  writeFileSync(world.info.database, bytes.fill(0x5a, 8 * 4_096));
  const both: Job<[PromiseSettledResult<string>[], readonly number[]]> = async (env) => [
    await mapConcurrentlySettled(numbers(200), remembered)(env),
    await squares(env),
  ];
  const [ends, others] = await runJobLocal(world.info, both, quiet);
  const errors = ends.flatMap((end) => (end.status === "rejected" ? [end.reason] : []));
  expect(errors.length).toBeGreaterThan(0);
  for (const error of errors)
    expect(error).toMatchObject({
      name: "ResultsError",
      code: "damaged",
      message: expect.stringContaining(".recover"),
    });
  expect(others).toEqual([1, 4, 9]);
});

test("a file where the log directory should be is named", async () => {
  await using world = new World();
  writeFileSync(join(world.path, "logs"), "");
  const error = await thrownBy(runJobLocal(world.info, squares, quiet));
  expect(error).toMatchObject({
    name: "LogDirectoryError",
    code: "log-directory-failed",
    message: expect.stringMatching(
      /^The log directory .*\/logs\/.* can't be made: something above .*ENOTDIR.*see that no file is in the way/,
    ),
  });
  expect(ourProcesses()).toEqual([]);
});

test.skipIf(!mayMount)(
  "a read-only file system is named before anything is started (needs root, to mount one)",
  async () => {
    await using world = new World();
    const lines = await linesOf(withMount("ro", world.path, [process.execPath, program, world.path, "5", "10"]));
    expect(JSON.parse(lines.at(-1) ?? "")).toMatchObject({
      name: "LogDirectoryError",
      message: expect.stringMatching(
        /can't be made: .*read-only \(EROFS\).*Give programInfo a directory that this user may write to/,
      ),
    });
    expect(ourProcesses()).toEqual([]);
  },
);

test.skipIf(!mayMount)(
  "a disk that is full ends the run where a result can't be stored, and what was acknowledged before is there (needs root, to mount one)",
  async () => {
    await using world = new World();
    // Looked at from within, because the file system goes with the command: a second run finds what the first one stored.
    // Compiled code takes its part of the disk in both runs; what the second one needs beside it is set aside.
    const both =
      'node="$1" program="$2" dir="$3"; head -c 1000000 /dev/zero >"$dir/aside"; "$node" "$program" "$dir" 800 5000; echo again; rm -r "$dir/data" "$dir/logs" "$dir/aside"; "$node" "$program" "$dir" 10 5000';
    const lines = await linesOf(
      withMount("size=4m", world.path, ["sh", "-c", both, "sh", process.execPath, program, world.path]),
    );
    const first = lines.slice(0, lines.indexOf("again"));
    expect(JSON.parse(first.at(-1) ?? "")).toMatchObject({
      name: "ResultsError",
      code: "disk-full",
      message: expect.stringMatching(
        /^Writing to the results database .* failed: database or disk is full\. Nothing of this write was kept\. Make room \(df, quota\), then run the program again: what was stored before is kept/,
      ),
    });
    const acknowledged = first.filter((line) => Number(line) < 10);
    expect(acknowledged.length).toBeGreaterThan(5);
    expect(Number(/^remembered (\d+)$/.exec(lines.at(-1) ?? "")?.[1])).toBeGreaterThanOrEqual(acknowledged.length);
    expect(ourProcesses()).toEqual([]);
  },
);

test.skipIf(!mayMount)(
  "a disk that is full for logs only costs lines of the logs, and no call (needs root, to mount one)",
  async () => {
    await using world = new World();
    mkdirSync(join(world.path, "logs"));
    const lines = await linesOf(
      withMount("size=200k", join(world.path, "logs"), [process.execPath, program, world.path, "40", "20000", "print"]),
    );
    expect(lines.toSorted()).toEqual([...numbers(40).map(String), "remembered 0"].toSorted());
    expect(ourProcesses()).toEqual([]);
  },
);
