import { InvalidValueError } from "@hyperion-ts/remote";
import { describe, expect, test } from "vitest";
import { doubled, echo, patient, square, surroundings, untilAborted } from "../functions.ts";
import {
  freeze,
  rejectWith,
  rejectsUnheard,
  returnsFunction,
  throwsInCallback,
  wrongOutput,
} from "../functions/failing.ts";
import { recordedCall } from "../recorded-call.ts";
import { lineIn, readLog, testNode, thrownBy } from "../world.ts";
import { join } from "node:path";

describe.concurrent("a call", () => {
  test("brings every kind of value there and back", async () => {
    await using node = await testNode();
    await using worker = await node.launcher.launch({});
    const self: { readonly name: string; me?: unknown } = { name: "cycle" };
    self.me = self;
    const values: readonly unknown[] = [
      null,
      undefined,
      true,
      "",
      "ü😀\0",
      0,
      -0,
      Number.NaN,
      Number.NEGATIVE_INFINITY,
      2 ** 53,
      12n ** 30n,
      [1, undefined, null],
      { deep: { er: [{}] }, undefined: undefined },
      new Map<unknown, unknown>([[{ key: 1 }, new Set([1, "a"])]]),
      new Date(0),
      new Float64Array([1.5, -0]),
      new Uint8Array(100_000).fill(7),
      self,
    ];
    for (const value of values) expect(await worker.call(echo, value)).toStrictEqual(value);
  });

  test("is told its CPUs, its node and its attempt", async () => {
    await using node = await testNode({ node: "n5" });
    await using worker = await node.launcher.launch({ cpuCount: 2, cpuIds: [0, 1] });
    const call = { ...recordedCall(surroundings, []), attempt: 3 };
    worker.submit(call);
    expect(await call.ended).toMatchObject({
      type: "succeeded",
      value: { node: "n5", attempt: 3, cpus: { count: 2, ids: [0, 1] }, gpuIds: [] },
    });
  });

  test("gives its input to a schema that transforms, or that is asynchronous, once; its output travels as it is", async () => {
    await using node = await testNode();
    await using worker = await node.launcher.launch({});
    expect(await worker.call(doubled, "21")).toBe(42);
    expect(await worker.call(patient, "good")).toBe("good");
    expect(await thrownBy(worker.call(patient, "bad"))).toMatchObject({
      code: "invalid-input",
      message: expect.stringContaining("is bad"),
    });
    expect(await thrownBy(worker.call(patient, "worse"))).toMatchObject({
      code: "invalid-output",
      message: expect.stringContaining("is worse"),
    });
  });
});

describe.concurrent("a call that fails", () => {
  test("rejects with what was thrown: name, message, stack, cause, code and own fields", async () => {
    await using node = await testNode();
    await using worker = await node.launcher.launch({});
    const error = await thrownBy(worker.call(freeze, -30));
    expect(error).toBeInstanceOf(RangeError);
    expect(error).toMatchObject({
      name: "TooCold",
      message: "It has -30 degrees",
      code: "too-cold",
      degrees: -30,
      cause: { message: "winter", cause: "the axis" },
    });
    expect(error).toHaveProperty("stack", expect.stringMatching(/TooCold.*failing\.ts:\d+/su));
    for (const reason of ["a text", undefined, null, 0, { not: "an error" }])
      expect(await thrownBy(worker.call(rejectWith, reason))).toEqual(reason);
    expect(await worker.call(square, 2)).toBe(4);
  });

  test("is refused for its input before it is sent, and again in the worker", async () => {
    await using node = await testNode();
    await using worker = await node.launcher.launch({});
    const wrong = JSON.parse('"two"');
    expect(await thrownBy(worker.call(square, wrong))).toBeInstanceOf(InvalidValueError);
    const sent = recordedCall(square, wrong);
    worker.submit(sent);
    expect(await sent.ended).toMatchObject({
      type: "failed",
      failure: {
        kind: "invalid-input",
        error: { name: "InvalidValueError", message: expect.stringContaining('"test/square"') },
      },
    });
  });

  test("says which part of its output the schema refuses, and what in it can't travel", async () => {
    await using node = await testNode();
    await using worker = await node.launcher.launch({});
    expect(await thrownBy(worker.call(wrongOutput, null))).toMatchObject({
      code: "invalid-output",
      message: expect.stringMatching(/"test\/wrong-output" returned an output.*points\[1\]/u),
    });
    expect(await thrownBy(worker.call(returnsFunction, null))).toMatchObject({
      code: "unencodable-value",
      message: expect.stringContaining("deep.inside"),
    });
    expect(await worker.call(square, 2)).toBe(4);
  });

  test.for([
    ["an error in a callback", throwsInCallback, "TypeError", "thrown in a callback"],
    ["an unhandled rejection", rejectsUnheard, "Error", "nobody listens"],
  ] as const)("is the one that ran when there is %s; those behind it had not begun", async ([, fn, name, message]) => {
    await using node = await testNode();
    await using worker = await node.launcher.launch({});
    const failing = recordedCall(fn, null);
    const behind = [1, 2, 3].map((x) => recordedCall(square, x));
    for (const call of [failing, ...behind]) worker.submit(call);
    expect(await failing.ended).toMatchObject({
      type: "failed",
      failure: { kind: "uncaught", error: { name, message } },
    });
    expect(await worker.gone).toMatchObject({ kind: "exited", code: 70 });
    expect(behind.map((call) => call.endings)).toEqual(
      behind.map(() => [expect.objectContaining({ type: "lost", began: false })]),
    );
    expect(readLog(worker.logFile)).toContain(message);
  });
});

test.concurrent("an asynchronous loop ends by its signal, which tells why; a call that has not begun is not touched", async () => {
  await using node = await testNode();
  await using worker = await node.launcher.launch({});
  const file = join(node.world.folder, "waiting");
  const running = recordedCall(untilAborted, { file });
  const behind = recordedCall(square, 3);
  worker.submit(running);
  worker.submit(behind);
  await lineIn(file);
  worker.abort(behind, new Error("not you"));
  worker.abort(running, new RangeError("took too long"));
  expect(await running.ended).toEqual({ type: "succeeded", value: "RangeError: took too long" });
  expect(await behind.ended).toEqual({ type: "succeeded", value: 9 });
});
