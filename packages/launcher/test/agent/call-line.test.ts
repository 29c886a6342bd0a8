import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readlinkSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { type NodeLauncher, type RunCmd, workerLauncherWithRunCmd } from "../../src/index.ts";
import { append, echo, loop, square } from "../functions.ts";
import { type RecordedCall, recordedCall } from "../recorded-call.ts";
import { agentOf, kill, lineIn, PATIENCE, readLog, type TestNode, testNode, testWorld, type World } from "../world.ts";

/** Only root may mount, and only where the kernel or a container lets it. */
const mayMount =
  spawnSync("unshare", ["-m", "mount", "-t", "tmpfs", "tmpfs", "/mnt"], { stdio: "ignore" }).status === 0;

/** A node whose folder for temporary files is a file system of its own, which nobody else sees. */
async function nodeWithTmpfs(options: string): Promise<TestNode> {
  await using parts = new AsyncDisposableStack();
  const world = parts.use(testWorld());
  const folder = join(world.folder, "tmp");
  mkdirSync(folder);
  const prefix = [
    "unshare",
    "-m",
    "sh",
    "-c",
    'mount -t tmpfs -o "$1" tmpfs "$2" && shift 2 && exec "$@"',
    "sh",
    options,
    folder,
  ];
  const runCmd: RunCmd = (command) =>
    world.runCmd({ ...command, argv: [...prefix, ...command.argv], env: { TMPDIR: folder } });
  const launcher = parts.use(
    await workerLauncherWithRunCmd(world.folder, runCmd, { times: { headSilenceMs: Infinity } }),
  );
  const owned = parts.move();
  return { launcher, world, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

const squares = (from: number, count: number): readonly RecordedCall[] =>
  Array.from({ length: count }, (_, i) => recordedCall(square, from + i));

/** Sends them all ahead, and expects that each is answered once and right. */
async function expectAnswered(
  worker: Awaited<ReturnType<NodeLauncher["launch"]>>,
  calls: readonly RecordedCall[],
  from: number,
): Promise<void> {
  for (const call of calls) worker.submit(call);
  await calls.at(-1)?.ended;
  const wrong = calls.filter(
    ({ endings: [ending, ...more] }, i) =>
      more.length > 0 || ending?.type !== "succeeded" || ending.value !== (from + i) ** 2,
  );
  expect(wrong).toEqual([]);
}

const agentLogs = ({ folder }: World): string =>
  readdirSync(folder)
    .flatMap((name) => (name.endsWith(".log") ? readLog(join(folder, name)) : ""))
    .join("");

const lineEach = (text: string, line: RegExp): number => text.split("\n").filter((each) => line.test(each)).length;

const ONE_AT_ATIME =
  /Calls are sent to workers one at a time, which is slower: the folder for temporary files takes none \(E/u;

describe.concurrent("without a folder for temporary files", () => {
  const env = { TMPDIR: "/nonexistent" };

  test("calls run in order, whatever their size, and the agent says once why they are slower", async () => {
    await using node = await testNode({ env });
    await using worker = await node.launcher.launch({});
    await using second = await node.launcher.launch({});
    const large = recordedCall(echo, "x".repeat(3_000_000));
    const small = squares(0, 300);
    worker.submit(large);
    await expectAnswered(worker, small, 0);
    expect(await large.ended).toMatchObject({ type: "succeeded" });
    expect(await second.call(square, 3)).toBe(9);
    expect(lineEach(agentLogs(node.world), ONE_AT_ATIME)).toBe(1);
  });

  test("what waits behind a call in a loop comes back when it is recalled, with the credit that it took, and is lost unbegun when the worker dies", async () => {
    await using node = await testNode({ env });
    await using worker = await node.launcher.launch({});
    const looping = join(node.world.folder, "looping");
    const long = recordedCall(loop, { file: looping, until: null });
    worker.submit(long);
    await lineIn(looping);
    const { credit } = worker;
    for (let round = 0; round < 3; round++) {
      const ahead = [
        recordedCall(append, { file: looping, line: "never" }),
        recordedCall(echo, "x".repeat(300_000)),
        recordedCall(square, 2),
      ];
      for (const call of ahead) worker.submit(call);
      await worker.recall();
      expect(ahead.map((call) => call.endings)).toEqual(ahead.map(() => [{ type: "returned" }]));
    }
    // Far more than a window was sent and taken back.
    await vi.waitFor(() => expect(worker.credit).toBeGreaterThan(credit - 1_000), PATIENCE);
    const lost = squares(0, 3);
    for (const call of lost) worker.submit(call);
    kill(worker.pid);
    const endings = await Promise.all([long, ...lost].map((call) => call.ended));
    expect(endings.map((ending) => ending.type === "lost" && ending.began)).toEqual([true, false, false, false]);
    expect(readLog(looping)).toBe("looping\n");
  });
});

test.skipIf(!mayMount)(
  "where the folder for temporary files fills up, calls that are on their way are run, and later ones go one at a time",
  async () => {
    // Room for the bytes of 4,096 calls, and then for none.
    await using node = await nodeWithTmpfs("size=4k");
    await using worker = await node.launcher.launch({});
    await expectAnswered(worker, squares(0, 10_000), 0);
    expect(lineEach(agentLogs(node.world), ONE_AT_ATIME)).toBe(1);
    await expectAnswered(worker, squares(5, 100), 5);
  },
);

test("the permit file stays small however many calls are sent ahead, and each of them is run once", async () => {
  await using node = await testNode();
  await using worker = await node.launcher.launch({});
  const agent = agentOf(worker);
  const permits = readdirSync(`/proc/${agent}/fd`)
    .map((fd) => `/proc/${agent}/fd/${fd}`)
    .find((fd) => readlinkSync(fd).includes("hyperion-permits"));
  expect(permits).toBeDefined();
  await expectAnswered(worker, squares(0, 20_000), 0);
  const { size, blocks } = statSync(permits ?? "");
  expect(size).toBeGreaterThan(18_000);
  expect(blocks * 512).toBeLessThan(10_000);
});
