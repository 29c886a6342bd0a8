/** What jobs are made of refuses wrong numbers and settings: when it is made, by name, with what is allowed. */
import { describe, expect, test } from "vitest";
import {
  forConcurrently_,
  type HasLauncher,
  pure,
  replicateConcurrently,
  setFreshWorkers,
  setTask,
  setTaskAttempts,
  setTaskCpus,
  setTaskGpus,
  setTaskMemory,
  setTaskNode,
  setTaskPriority,
  setTaskTimeLimit,
  streamConcurrently,
} from "../src/index.ts";
import { NO_AMOUNT, NO_COUNT, NO_FLAG, NO_TEXT, NO_TIME, refusal, refuses, type Wrong } from "./wrong-values.ts";

/** An environment in which nothing can be called. */
const NOWHERE: HasLauncher = {
  taskLauncher: { launch: () => Promise.reject(new Error("nowhere")) },
  taskCpus: 1,
  taskOptions: {},
};

describe("what a call may have is refused when it is set", () => {
  const setters: Readonly<Record<string, readonly [string, (value: never) => unknown, Wrong]>> = {
    setTaskCpus: ["cpus", setTaskCpus, NO_COUNT],
    setTaskGpus: ["gpus", setTaskGpus, NO_AMOUNT],
    setTaskMemory: ["memoryMb", setTaskMemory, NO_AMOUNT],
    setTaskPriority: [
      "priority",
      setTaskPriority,
      { beyond: [Number.NaN, Infinity, -Infinity], otherType: ["1", null] },
    ],
    setTaskNode: ["node", setTaskNode, NO_TEXT],
    setTaskTimeLimit: ["timeLimitMs", setTaskTimeLimit, { ...NO_TIME, otherType: ["5", true] }],
    setTaskAttempts: ["attempts", setTaskAttempts, NO_COUNT],
    setFreshWorkers: ["freshWorker", setFreshWorkers, NO_FLAG],
  };
  test.each(Object.entries(setters))("by %s", async (name, [option, setter, wrong]) => {
    await refuses(`${name}: ${option}`, wrong, (value) => setter(value as never));
  });

  test.each(Object.entries(setters))("by setTask, as by %s", async (_, [option, , wrong]) => {
    await refuses(`setTask: ${option}`, wrong, (value) => setTask({ [option]: value }));
  });

  test("by setTask, where it is mistyped", async () => {
    const misspelt: object = { memory: 1_024 };
    expect((await refusal(() => setTask(misspelt))).message).toBe(
      'setTask has no option "memory". Did you mean memoryMb?',
    );
    expect((await refusal(() => setTask(null as never))).message).toBe(
      "setTask: the options must be an object, not null",
    );
    expect((await refusal(() => setTask({ cpus: 0, priority: Number.NaN }))).message).toBe(
      "setTask: cpus must be a whole number of at least 1, not 0",
    );
  });

  test("and what setTask does not name stays as it is", () => {
    const before = { ...NOWHERE, taskCpus: 3, taskOptions: { gpus: 1, memoryMb: 5, timeLimitMs: 9 } };
    const misled: object = { cpus: undefined, gpus: undefined };
    expect(setTask({ memoryMb: 6, timeLimitMs: null, ...misled })(before)).toEqual({
      ...before,
      taskOptions: { gpus: 1, memoryMb: 6, timeLimitMs: null },
    });
    expect(setTask({ cpus: 2, node: "n1" })(before)).toEqual({
      ...before,
      taskCpus: 2,
      taskOptions: { ...before.taskOptions, node: "n1" },
    });
  });

  test("and what is allowed is not", () => {
    const allowed = [
      setTaskTimeLimit(null),
      setTaskTimeLimit(Infinity),
      setTaskTimeLimit(2 ** 31),
      setTaskTimeLimit(1.5),
      setTaskMemory(0),
      setTaskGpus(0),
      setTaskPriority(-1.5),
    ];
    expect(allowed).toHaveLength(7);
  });
});

test("a window of a stream, and a number of repetitions, are whole numbers", async () => {
  const noWindow = { ...NO_COUNT, beyond: [0, -1, 1.5, Number.NaN] };
  await refuses("streamConcurrently: window", noWindow, (window) =>
    streamConcurrently([1], pure, { window: window as number }),
  );
  await refuses("streamConcurrently: ordered", NO_FLAG, (ordered) =>
    streamConcurrently([1], pure, { ordered: ordered as boolean }),
  );
  await refuses("forConcurrently_: window", noWindow, (window) =>
    forConcurrently_([1], pure, { window: window as number }),
  );
  await refuses("replicateConcurrently: count", NO_AMOUNT, (count) => replicateConcurrently(count as number, pure(1)));
  const misspelt: object = { widow: 5 };
  expect((await refusal(() => streamConcurrently([1], pure, misspelt))).message).toBe(
    'streamConcurrently has no option "widow". Did you mean window?',
  );
});
