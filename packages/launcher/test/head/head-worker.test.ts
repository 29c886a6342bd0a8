import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import * as fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { append, echo, loop, square, untilAborted } from "../functions.ts";
import { type Ending, type RecordedCall, recordedCall } from "../recorded-call.ts";
import { block, kill, lineIn, PATIENCE, readLog, type TestNode, testNode } from "../world.ts";

const lines = (file: string): readonly string[] => (existsSync(file) ? readLog(file).trim().split("\n") : []);
const appendCall = (file: string, line: string, busyMs = 0): RecordedCall =>
  recordedCall(append, { file, line, busyMs });
const endingsOf = (calls: readonly RecordedCall[]): Promise<readonly Ending[]> =>
  Promise.all(calls.map((call) => call.ended));

describe("calls that were sent ahead", () => {
  test("run in the order in which they were sent, one at a time", async () => {
    await using node = await testNode();
    await using worker = await node.launcher.launch({});
    const file = join(node.world.folder, "lines");
    const names = Array.from({ length: 300 }, (_, i) => String(i));
    const calls = names.map((name) => appendCall(file, name));
    for (const call of calls) worker.submit(call);
    expect(await endingsOf(calls)).toEqual(names.map((value) => ({ type: "succeeded", value })));
    expect(lines(file)).toEqual(names.flatMap((name) => [`begin ${name}`, `end ${name}`]));
  });

  test("keep their function while they wait for credit, whatever is sent to other workers meanwhile", async () => {
    await using node = await testNode();
    await using worker = await node.launcher.launch({});
    await using other = await node.launcher.launch({});
    const large = recordedCall(echo, new Uint8Array(3_000_000));
    const waiting = [1, 2, 3].map((x) => recordedCall(square, x));
    for (const call of [large, ...waiting]) worker.submit(call);
    expect(await other.call(echo, "something else")).toBe("something else");
    expect(await endingsOf(waiting)).toEqual([1, 4, 9].map((value) => ({ type: "succeeded", value })));
    expect(await large.ended).toMatchObject({ type: "succeeded" });
  });

  test("come back at once when they are recalled while the worker sits in a loop, never run, and others can follow", async () => {
    await using node = await testNode();
    await using worker = await node.launcher.launch({});
    const looping = join(node.world.folder, "looping");
    const file = join(node.world.folder, "lines");
    const enough = join(node.world.folder, "enough");
    const long = recordedCall(loop, { file: looping, until: enough });
    worker.submit(long);
    await lineIn(looping);
    const ahead = ["a", "b", "c"].map((line) => appendCall(file, line));
    for (const call of ahead) worker.submit(call);
    await worker.recall();
    expect(long.endings).toEqual([]);
    expect(ahead.map((call) => call.endings)).toEqual(ahead.map(() => [{ type: "returned" }]));
    const later = ["d", "e"].map((line) => appendCall(file, line));
    for (const call of later) worker.submit(call);
    writeFileSync(enough, "");
    expect(await long.ended).toEqual({ type: "succeeded", value: null });
    expect(await endingsOf(later)).toEqual(["d", "e"].map((value) => ({ type: "succeeded", value })));
    expect(lines(file)).toEqual(["begin d", "end d", "begin e", "end e"]);
  });

  test("are each answered once or returned once under random recalls, and run just if they are answered", async () => {
    await using node = await testNode();
    await using worker = await node.launcher.launch({});
    const file = join(node.world.folder, "lines");
    const burst = fc.record({
      sent: fc.integer({ min: 1, max: 40 }),
      busyMs: fc.constantFrom(0, 0, 0.05, 0.4),
      behind: fc.integer({ min: 0, max: 5 }),
      pause: fc.integer({ min: 0, max: 3 }),
    });
    const bursts = fc.sample(burst, { numRuns: 100 });
    const calls: RecordedCall[] = [];
    const send = (busyMs: number): void => {
      const call = appendCall(file, String(calls.length), busyMs);
      calls.push(call);
      worker.submit(call);
    };
    for (const { sent, busyMs, behind, pause } of bursts) {
      for (let i = 0; i < sent; i++) send(busyMs);
      for (let i = 0; i < pause; i++) await new Promise((resolve) => setImmediate(resolve));
      const recalled = worker.recall();
      for (let i = 0; i < behind; i++) send(busyMs);
      await recalled;
    }
    const endings = await endingsOf(calls);
    expect(calls.filter((call) => call.endings.length !== 1)).toEqual([]);
    const answered = endings.flatMap((ending) => (ending.type === "succeeded" ? [ending.value] : []));
    expect(answered.length + endings.filter(({ type }) => type === "returned").length).toBe(calls.length);
    expect(lines(file)).toEqual(answered.flatMap((line) => [`begin ${String(line)}`, `end ${String(line)}`]));
  });
});

describe("a worker that is killed under many calls", () => {
  test("ends each of them once, and knows which of them it was running", async () => {
    await using node = await testNode();
    for (const dieAt of fc.sample(fc.integer({ min: 1, max: 80 }), 4)) await killedAfter(dieAt, node);
  });

  /** One round: the worker is killed when its calls have written so many lines. */
  async function killedAfter(dieAt: number, node: TestNode): Promise<void> {
    await using worker = await node.launcher.launch({});
    const file = join(node.world.folder, worker.serviceId);
    const calls = Array.from({ length: 50 }, (_, i) => appendCall(file, String(i), 1));
    for (const call of calls) worker.submit(call);
    await vi.waitFor(() => expect(lines(file).length).toBeGreaterThanOrEqual(dieAt), { ...PATIENCE, interval: 1 });
    kill(worker.pid);
    const endings = await endingsOf(calls);
    expect(calls.filter((call) => call.endings.length !== 1)).toEqual([]);
    const shape = endings
      .map((ending) => (ending.type === "lost" ? (ending.began ? "b" : "u") : ending.type === "succeeded" ? "s" : "?"))
      .join("");
    // Answered, then finished without an answer, then perhaps the one that was running, then those that had not begun.
    const [, answered = "", finished = "", running = ""] = /^(s*)(?:(u*)(b))?u*$/u.exec(shape) ?? [
      "",
      "not as expected:",
      shape,
    ];
    const begun = answered.length + finished.length + running.length;
    const beginnings = lines(file).filter((line) => line.startsWith("begin")).length;
    expect(beginnings).toBeLessThanOrEqual(begun);
    expect(beginnings).toBeGreaterThanOrEqual(answered.length + finished.length);
  }

  test("was not running what had not reached it", async () => {
    await using node = await testNode();
    await using worker = await node.launcher.launch({});
    const file = join(node.world.folder, "looping");
    const running = recordedCall(loop, { file, until: null });
    const huge = recordedCall(echo, new Uint8Array(5_000_000));
    worker.submit(running);
    worker.submit(huge);
    await lineIn(file);
    kill(worker.pid);
    // Its agent hears of the death while we do not: what we send now comes too late.
    block(500);
    const late = [1, 2, 3].map((x) => recordedCall(square, x));
    for (const call of late) worker.submit(call);
    const endings = await endingsOf([running, huge, ...late]);
    expect(endings.map((ending) => ending.type === "lost" && ending.began)).toEqual([true, false, false, false, false]);
  });
});

test("an abort arrives whatever its reason is, also one too large for a control message", async () => {
  await using node = await testNode();
  await using worker = await node.launcher.launch({});
  for (const [reason, told] of [
    [null, "null"],
    ["a text", "a text"],
    [new TypeError("x".repeat(200_000)), `Error: TypeError: ${"x".repeat(989)}`],
  ] as const) {
    const file = join(node.world.folder, told.slice(0, 20));
    const call = recordedCall(untilAborted, { file });
    worker.submit(call);
    await lineIn(file);
    worker.abort(call, reason);
    expect(await call.ended).toEqual({ type: "succeeded", value: told });
  }
});

/** The CPU time that a process has had, in milliseconds (proc_pid_stat(5), utime and stime in hundredths of a second). */
function cpuMsOf(pid: number): number {
  const [user, system] = readFileSync(`/proc/${pid}/stat`, "utf8")
    .replace(/^.*\) /su, "")
    .split(" ")
    .slice(11, 13)
    .map(Number);
  return 10 * ((user ?? 0) + (system ?? 0));
}

test("a worker without calls sleeps, also after many short ones that it waited for awake", async () => {
  await using node = await testNode();
  await using worker = await node.launcher.launch({});
  for (let i = 0; i < 1_000; i++) expect(await worker.call(square, i)).toBe(i * i);
  const [busyMs, startMs] = [cpuMsOf(worker.pid), performance.now()];
  await pause(500);
  expect(cpuMsOf(worker.pid) - busyMs).toBeLessThan((performance.now() - startMs) / 4);
});
