/** Mistakes in how a run is started and what its calls ask for: the message alone says what is wrong and what to do. */
import { describe, expect, test } from "vitest";
import {
  local,
  remoteEval,
  runJob,
  runJobLocal,
  setTask,
  setTaskCpus,
  setTaskMemory,
  setTaskNode,
} from "../src/index.ts";
import { quiet, thrownBy, World } from "./faults/world.ts";
import { inner } from "./functions/mistaken.ts";
import { messagesOf, untyped } from "./mistakes.ts";

test("a directory in place of its program info says where that comes from, an array in place of a job how one job is made of many", async () => {
  expect((await thrownBy(runJobLocal(untyped("./out"), remoteEval(inner, 1), quiet))).message).toBe(
    'runJobLocal: the program info must be what programInfo(directory) gives, not "./out"',
  );
  await using world = new World();
  expect((await thrownBy(runJobLocal(world.info, untyped([remoteEval(inner, 1)]), quiet))).message).toMatch(
    /and not an array: mapConcurrently\(inputs, \(x\) => remoteEval\(f, x\)\) makes one job of many$/,
  );
});

test("a transport that is a text is shown as an object", async () => {
  await using world = new World();
  expect(
    (await thrownBy(runJob(world.info, remoteEval(inner, 1), { ...quiet, reach: { transport: untyped("srun") } })))
      .message,
  ).toBe('runJob: reach.transport must be an object, such as { type: "srun" }, not "srun"');
});

test("a call that asks for more memory than any node has is named, with the settings that it comes from", async () => {
  await using world = new World();
  const [message] = await messagesOf(world, [local(setTaskMemory(1e9), remoteEval(inner, 1))]);
  expect(message).toMatch(
    /^mistaken\/inner: .*1000000000 MB.* What it asks for is set by setTaskCpus, setTaskMemory, or by setTask\.$/,
  );
});

describe.each([
  { where: "workers", inProcess: false },
  { where: "this process", inProcess: true },
])("in $where", ({ inProcess }) => {
  test("a call that fits nowhere is named, with the settings that it comes from", async () => {
    await using world = new World();
    const call = remoteEval(inner, 1);
    const [cpus, both, elsewhere] = await messagesOf(
      world,
      [local(setTaskCpus(3), call), local(setTask({ cpus: 3, gpus: 1 }), call), local(setTaskNode("nowhere"), call)],
      inProcess,
    );
    expect(cpus).toMatch(
      /^mistaken\/inner: 3 CPUs can never be reserved: the most that one node has is 2 CPUs.*\. What it asks for is set by setTaskCpus, or by setTask\.$/,
    );
    expect(both).toMatch(
      /^mistaken\/inner: 3 CPUs.*1 GPU.* What it asks for is set by setTaskCpus, setTaskGpus, or by setTask\.$/,
    );
    expect(elsewhere).toMatch(
      /^mistaken\/inner: The pool has no node nowhere\. There are \S+\. The name is set by setTaskNode, or by setTask; those of a run are env\.cpusPerNode's\.$/,
    );
  });
});

test("a run in a directory whose run has not ended yet says how to have both", async () => {
  await using world = new World();
  const { message } = await thrownBy(
    runJobLocal(world.info, async () => runJobLocal(world.info, remoteEval(inner, 1), quiet), quiet),
  );
  expect(message).toMatch(
    /is held by this very process, since .*\. Await the run that has it before the next one begins, or make one job of both \(concurrently\); or give them two directories\./,
  );
});
