import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { findProcessTools, liveProcessesBelow } from "@hyperion-ts/processes";
import { exec, execUnawaited } from "../functions/programs.ts";
import { square } from "../functions.ts";
import { recordedCall } from "../recorded-call.ts";
import { agentOf, kill, PATIENCE, readLog, testNode, thrownBy } from "../world.ts";

const testWithSetpriv = findProcessTools().setpriv ? test.concurrent : test.skip;

test.concurrent("ctx.exec returns what a program printed, in its directory, with its input and variables", async () => {
  await using node = await testNode();
  await using worker = await node.launcher.launch({});
  const program =
    "process.stdin.pipe(process.stdout); console.error(process.cwd(), process.env.EXTRA, process.env.OMP_NUM_THREADS)";
  const end = await worker.call(exec, {
    file: process.execPath,
    args: ["-e", program],
    cwd: node.world.folder,
    env: { EXTRA: "e" },
    input: "read this",
  });
  expect(end).toEqual({ stdout: "read this", stderr: `${node.world.folder} e 1\n` });
});

test.concurrent("ctx.exec has no shell, and a program need not read its input", async () => {
  await using node = await testNode();
  await using worker = await node.launcher.launch({});
  const args = ["$HOME", "a b", "*", "'\"", "line\nbreak"];
  expect(
    (await worker.call(exec, { file: "printf", args: ["<%s>", ...args], input: "x".repeat(1_000_000) })).stdout,
  ).toBe(args.map((arg) => `<${arg}>`).join(""));
});

test.concurrent("a program that fails is an error with its exit code and what it printed, and one that can't start says so", async () => {
  await using node = await testNode();
  await using worker = await node.launcher.launch({});
  const failed = await thrownBy(
    worker.call(exec, { file: "sh", args: ["-c", "echo so far; echo bad input >&2; exit 7"] }),
  );
  expect(failed).toMatchObject({
    name: "ExecError",
    code: "exec-failed",
    exitCode: 7,
    signal: null,
    stdout: "so far\n",
    stderr: "bad input\n",
    message: expect.stringMatching(/^The program sh -c .* exited with code 7: bad input$/u),
  });
  const killed = await thrownBy(worker.call(exec, { file: "sh", args: ["-c", "kill -9 $$"] }));
  expect(killed).toMatchObject({
    exitCode: null,
    signal: "SIGKILL",
    message: expect.stringContaining("was killed by SIGKILL"),
  });
  const missing = await thrownBy(worker.call(exec, { file: "no-such-program" }));
  expect(missing).toMatchObject({
    exitCode: null,
    message: expect.stringContaining("no-such-program could not be started"),
    cause: { code: "ENOENT" },
  });
  const tooLong = await thrownBy(worker.call(exec, { file: "true", args: ["x".repeat(3_000_000)] }));
  expect(tooLong).toMatchObject({ exitCode: null, message: expect.stringContaining("E2BIG") });
});

test.concurrent("a program ends with its call's abort, with what it has started, and the call ends with the reason", async () => {
  await using node = await testNode();
  await using worker = await node.launcher.launch({});
  const call = recordedCall(exec, { file: "sh", args: ["-c", "sleep 1000; true"] });
  worker.submit(call);
  await vi.waitFor(
    () => expect(liveProcessesBelow(worker.pid).map(({ command }) => command)).toContain("sleep 1000"),
    PATIENCE,
  );
  worker.abort(call, new Error("no longer wanted"));
  expect(await call.ended).toMatchObject({
    type: "failed",
    failure: { kind: "threw", error: { message: "no longer wanted" } },
  });
  await vi.waitFor(() => expect(liveProcessesBelow(worker.pid)).toEqual([]), PATIENCE);
  expect(await worker.call(square, 2)).toBe(4);
});

test.concurrent("a program that nobody waited for ends with the call, SIGTERM or not, and the worker goes on", async () => {
  await using node = await testNode();
  await using worker = await node.launcher.launch({});
  const file = join(node.world.folder, "started");
  await worker.call(execUnawaited, {
    args: ["sh", "-c", `trap '' TERM; touch ${file}; while true; do sleep 1000; done`],
    file,
  });
  expect(existsSync(file)).toBe(true);
  await vi.waitFor(() => expect(liveProcessesBelow(worker.pid)).toEqual([]), PATIENCE);
  expect(await worker.call(square, 2)).toBe(4);
});

test.concurrent("a program ends with its worker", async () => {
  await using node = await testNode();
  await using worker = await node.launcher.launch({});
  const call = recordedCall(exec, { file: "sh", args: ["-c", "sleep 1000; true"] });
  worker.submit(call);
  await vi.waitFor(() => expect(liveProcessesBelow(worker.pid).length).toBe(2), PATIENCE);
  kill(worker.pid);
  expect(await call.ended).toMatchObject({ type: "lost", began: true });
  await vi.waitFor(
    () => expect(node.world.processes().filter(({ command }) => command.includes("sleep"))).toEqual([]),
    PATIENCE,
  );
  expect(readLog(worker.logFile)).toBe("");
});

testWithSetpriv("a program is killed by the kernel with its worker, whose agent can't do it", async () => {
  await using node = await testNode();
  await using worker = await node.launcher.launch({});
  worker.submit(recordedCall(exec, { file: "sleep", args: ["1000"] }));
  const sleeping = (): boolean => node.world.processes().some(({ command }) => command === "sleep 1000");
  await vi.waitFor(() => expect(sleeping()).toBe(true), PATIENCE);
  const agent = agentOf(worker);
  kill(agent, "SIGSTOP");
  kill(worker.pid);
  await vi.waitFor(() => expect(sleeping()).toBe(false), PATIENCE);
  kill(agent, "SIGCONT");
});
