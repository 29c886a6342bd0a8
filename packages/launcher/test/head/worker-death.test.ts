import { describe, expect, test } from "vitest";
import { describeDeath, WorkerDiedError } from "../../src/index.ts";
import { deathOf, limitMet } from "../../src/head/worker-death.ts";
import { square } from "../functions.ts";
import { exit, hoard, killItself, stubborn } from "../functions/failing.ts";
import { recordedCall } from "../recorded-call.ts";
import { lineIn, readLog, testNode, thrownBy } from "../world.ts";
import { join } from "node:path";

describe.concurrent("a call whose worker dies", () => {
  test("by process.exit tells the code and what the worker last printed", async () => {
    await using node = await testNode({ node: "n2" });
    await using worker = await node.launcher.launch({});
    const error = await thrownBy(worker.call(exit, 3));
    expect(error).toBeInstanceOf(WorkerDiedError);
    expect(error).toMatchObject({ code: "worker-died", death: { kind: "exited", code: 3 } });
    expect(String(error)).toMatch(
      /The worker on n2 ended while it ran "test\/exit": the worker exited with code 3; it last printed: .*about to exit/u,
    );
  });

  test("by process.exit(0) has no result either", async () => {
    await using node = await testNode();
    await using worker = await node.launcher.launch({});
    expect(await thrownBy(worker.call(exit, 0))).toMatchObject({ death: { kind: "exited", code: 0 } });
  });

  test("by a signal tells the signal", async () => {
    await using node = await testNode();
    await using worker = await node.launcher.launch({});
    expect(await thrownBy(worker.call(killItself, null))).toMatchObject({
      death: { kind: "killed", signal: "SIGKILL" },
    });
    await using other = await node.launcher.launch({});
    expect(await other.call(square, 3)).toBe(9);
  });

  test("because its memory is full says so", async () => {
    await using node = await testNode();
    await using worker = await node.launcher.launch({ memoryMb: 40 });
    const error = await thrownBy(worker.call(hoard, null));
    expect(error).toMatchObject({ death: { kind: "out-of-memory" } });
    expect(String(error)).toContain("ran out of memory");
  });

  test("by SIGKILL after the grace time, because it does not listen to SIGTERM", async () => {
    await using node = await testNode();
    await using worker = await node.launcher.launch({});
    const file = join(node.world.folder, "said");
    const call = recordedCall(stubborn, { file });
    worker.submit(call);
    await lineIn(file);
    await worker.stop(100);
    expect(await call.ended).toMatchObject({ type: "lost", began: true, death: { kind: "killed", signal: "SIGKILL" } });
    expect(readLog(file)).toBe("ready\nnot yet\n");
  });
});

describe("what is read from an exit", () => {
  const worker = { unbegun: 0, begun: 1 };

  test("is no lack of memory when the worker only talked of one", () => {
    const death = deathOf({
      ...worker,
      exit: { code: 1, signal: null },
      lastOutput: "retrying after Out of memory on the GPU\ndone",
    });
    expect(death).toEqual({ kind: "exited", code: 1, lastOutput: "retrying after Out of memory on the GPU\ndone" });
  });

  test("is a lack of memory when the kernel has killed the worker for one, and only then", () => {
    const exit = { code: null, signal: "SIGKILL" };
    expect(deathOf({ ...worker, exit, lastOutput: "", outOfMemory: "all memory of the node is used up" })).toEqual({
      kind: "out-of-memory",
      lastOutput: "",
      full: "all memory of the node is used up",
    });
    expect(deathOf({ ...worker, exit, lastOutput: "" })).toEqual({ kind: "killed", signal: "SIGKILL", lastOutput: "" });
  });

  test("is a limit of threads where the runtime could not start one", () => {
    const printed =
      "#  node[1200]: WorkerThreadsTaskRunner::DelayedTaskScheduler::Start() at ../src/node_platform.cc:109\n#  Assertion failed: (0) == (uv_thread_create(t.get(), start_thread, this))";
    const exit = { code: null, signal: "SIGABRT" };
    expect(limitMet(deathOf({ ...worker, exit, lastOutput: printed }), undefined)).toMatch(
      /limit of processes and threads/,
    );
    expect(
      limitMet(deathOf({ ...worker, exit, lastOutput: "FATAL ERROR: something else" }), undefined),
    ).toBeUndefined();
  });

  test("can be said in one line", () => {
    expect(describeDeath({ kind: "exited", code: 3, lastOutput: "one\ntwo\n" })).toBe(
      "the worker exited with code 3; it last printed: two",
    );
    expect(describeDeath({ kind: "killed", signal: "SIGKILL", lastOutput: "" })).toBe(
      "the worker was killed by SIGKILL",
    );
    expect(describeDeath({ kind: "out-of-memory", lastOutput: "" })).toBe("the worker ran out of memory");
    expect(describeDeath({ kind: "out-of-memory", lastOutput: "", full: "the limit of 2 MB is reached" })).toBe(
      "the kernel killed the worker: the limit of 2 MB is reached",
    );
    expect(describeDeath({ kind: "node-lost", reason: "silence" })).toBe("the node was lost: silence");
  });
});
