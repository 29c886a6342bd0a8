import { statSync } from "node:fs";
import { join } from "node:path";
import { liveProcess, statusOf } from "@hyperion-ts/processes";
import { describe, expect, test, vi } from "vitest";
import { loop, square, surroundings } from "../functions.ts";
import { writeRaw } from "../functions/failing.ts";
import { leaveChild } from "../functions/programs.ts";
import { recordedCall } from "../recorded-call.ts";
import { agentOf, isAlive, kill, lineIn, PATIENCE, readLog, testNode } from "../world.ts";

/** A frame of a result for call 1 of the worker in slot 1, of which these bytes have come. */
const frameOf = (length: number, payload: readonly number[]): Buffer =>
  Buffer.from([length & 0xff, length >> 8, 0, 0, 17, 0, 1, 0, 1, 0, 0, 0, ...payload]);

/** The CPUs that the kernel lets a process use, as a list such as `0-3,8`. */
const allowedCpuList = (pid: number): string => statusOf(pid, "Cpus_allowed_list") ?? "";

describe.concurrent("a worker process", () => {
  test("is pinned to its CPUs, has their number in the thread variables, its GPUs, and its share of memory", async () => {
    await using node = await testNode();
    const [cpu = 0] = node.launcher.host.allowedCpus;
    await using worker = await node.launcher.launch({
      cpuCount: 1,
      cpuIds: [cpu],
      pin: true,
      gpuIds: ["1", "3"],
      memoryMb: 300,
    });
    const found = await worker.call(surroundings, [
      "OMP_NUM_THREADS",
      "MKL_NUM_THREADS",
      "OPENBLAS_NUM_THREADS",
      "JULIA_NUM_THREADS",
      "CUDA_VISIBLE_DEVICES",
    ]);
    expect(found).toMatchObject({
      pid: worker.pid,
      allowedCpus: String(cpu),
      cpus: { count: 1, ids: [cpu] },
      gpuIds: ["1", "3"],
      variables: ["1", "1", "1", "1", "1,3"],
    });
    expect(allowedCpuList(worker.pid)).toBe(String(cpu));
    expect(found.heapLimitMb).toBeGreaterThan(250);
    expect(found.heapLimitMb).toBeLessThan(500);
    expect(liveProcess(worker.pid)?.command).toMatch(/--max-old-space-size=300 .*worker-main/u);
  });

  test("has its GPUs by name, in the variables that its job has", async () => {
    await using node = await testNode({ env: { ROCR_VISIBLE_DEVICES: "0,1", ZE_AFFINITY_MASK: "0,1" } });
    await using worker = await node.launcher.launch({ gpuIds: ["MIG-b", "MIG-a"] });
    const found = await worker.call(surroundings, ["CUDA_VISIBLE_DEVICES", "ROCR_VISIBLE_DEVICES", "ZE_AFFINITY_MASK"]);
    expect(found).toMatchObject({ gpuIds: ["MIG-b", "MIG-a"], variables: [null, "MIG-b,MIG-a", "MIG-b,MIG-a"] });
  });

  test("keeps the CPUs of its agent where it is not pinned, and what it has of GPUs", async () => {
    await using node = await testNode({ env: { CUDA_VISIBLE_DEVICES: "7" } });
    await using worker = await node.launcher.launch({ cpuCount: 2, cpuIds: [0, 1] });
    const found = await worker.call(surroundings, ["OMP_NUM_THREADS", "CUDA_VISIBLE_DEVICES"]);
    expect(found).toMatchObject({
      allowedCpus: allowedCpuList(agentOf(worker)),
      cpus: { count: 2, ids: [0, 1] },
      gpuIds: [],
      variables: ["2", "7"],
    });
  });

  test("leads a session of its own", async () => {
    await using node = await testNode();
    await using worker = await node.launcher.launch({});
    expect(liveProcess(worker.pid)).toMatchObject({ group: worker.pid, session: worker.pid });
  });

  test.for([
    ["it is killed", (pid: number) => kill(pid)],
    ["it ends at SIGTERM", (pid: number) => kill(pid, "SIGTERM")],
  ] as const)("takes its children with it when %s", async ([, end]) => {
    await using node = await testNode();
    await using worker = await node.launcher.launch({});
    const child = await worker.call(leaveChild, {});
    expect(isAlive(child)).toBe(true);
    end(worker.pid);
    await worker.gone;
    await vi.waitFor(() => expect(isAlive(child)).toBe(false), PATIENCE);
  });

  test("is ended by stop in a synchronous loop, with its children", async () => {
    await using node = await testNode();
    await using worker = await node.launcher.launch({});
    const child = await worker.call(leaveChild, {});
    const file = join(node.world.folder, "looping");
    const call = recordedCall(loop, { file, until: null });
    worker.submit(call);
    await lineIn(file);
    await worker.stop(100);
    expect(call.endings).toEqual([
      { type: "lost", began: true, death: expect.objectContaining({ kind: "killed", signal: "SIGKILL" }) },
    ]);
    await vi.waitFor(() => expect([worker.pid, child].filter(isAlive)).toEqual([]), PATIENCE);
  });

  test.for([
    ["what is no frame", Buffer.from("a native library that thinks 3 is its own"), []],
    ["a whole frame, with a result for its own call", frameOf(4, [1, 2, 3, 4]), []],
    ["the beginning of a frame, and never goes on", frameOf(60_000, [1, 2, 3, 4]), [600_000]],
    ["the beginning of a frame's header, and returns", frameOf(4, []).subarray(0, 5), []],
  ] as const)(
    "is killed at once when something in it writes %s to the descriptor of its frames, and the node lives on",
    async ([, bytes, thenMs]) => {
      await using node = await testNode();
      await using worker = await node.launcher.launch({});
      const call = recordedCall(writeRaw, { fd: 3, bytes, thenMs: thenMs[0] });
      worker.submit(call);
      expect(await call.ended).toMatchObject({
        type: "lost",
        began: true,
        death: { kind: "killed", signal: "SIGKILL", complaint: expect.stringContaining("writes to file descriptor 3") },
      });
      await using other = await node.launcher.launch({});
      expect(await other.call(square, 3)).toBe(9);
    },
  );
});

describe.concurrent("the log file of a worker", () => {
  test("takes garbage that looks like frames, and 20 MB of it, without harm to calls or heartbeats", async () => {
    await using node = await testNode({ times: { heartbeatMs: 50, silenceMs: 2_000 } });
    await using worker = await node.launcher.launch({});
    // A whole frame, then what could be the greeting.
    const frame = Buffer.concat([frameOf(4, [1, 2, 3, 4]), Buffer.from("\0hyperion-ts frames 1\0\n")]);
    expect(await worker.call(writeRaw, { fd: 1, bytes: frame })).toBe(frame.length);
    expect(await worker.call(writeRaw, { fd: 2, bytes: Buffer.alloc(1_000_000, frame), times: 20 })).toBe(20_000_000);
    expect(await worker.call(square, 5)).toBe(25);
    expect(readLog(worker.logFile).length).toBeGreaterThan(20_000_000);
  });

  test("is one for all calls of the worker, and only its owner's to read", async () => {
    await using node = await testNode();
    await using worker = await node.launcher.launch({});
    expect(statSync(worker.logFile).mode & 0o777).toBe(0o600);
    expect(worker.logFile).toBe(join(node.world.folder, `${worker.serviceId}.log`));
  });
});
