/** Calls that go wrong: what their caller is told, and that nobody else is harmed. */
import { describe, expect, test } from "vitest";
import {
  CallError,
  type Job,
  local,
  mapConcurrentlySettled,
  remoteEval,
  setTaskMemory,
  setTaskTimeLimit,
} from "../../src/index.ts";
import { dieUntil, exits, fails } from "../functions.ts";
import { defineLate } from "../functions/defines-late.ts";
import {
  deaf,
  foreignPromises,
  hoards,
  looksUp,
  measures,
  rejectsWith,
  stubborn,
  wrongOutput,
} from "../functions/faulty.ts";
import { licensed } from "../functions/throws-on-node.ts";
import { errorOf, survive, World } from "./world.ts";

/** All at once; their errors. */
const errorsOf =
  (jobs: readonly Job<unknown>[]): Job<unknown[]> =>
  async (env) => {
    const ends = await mapConcurrentlySettled(jobs, (job) => job)(env);
    return ends.map((end) => (end.status === "rejected" ? end.reason : end));
  };

function circle(): object {
  const round: { self?: object } = {};
  round.self = round;
  return round;
}

describe("a function that fails by itself is tried once, and its error says what, where and at which input", () => {
  const cases: readonly (readonly [what: string, job: Job<unknown>, reason: string, message: RegExp])[] = [
    [
      "throws",
      remoteEval(fails, "too cold"),
      "threw",
      /^test\/fails failed on .+ \(CPU \d\), attempt 1 of 1, after \d+\.\d s\n {2}RangeError: too cold\n {9}at .*test\/functions\.ts:\d+:\d+\)?\n {2}input {2}'too cold'\n {2}log {4}\/.*\.log$/,
    ],
    ["rejects with a text", remoteEval(rejectsWith, "a text"), "threw", /threw 'a text', which is no error/],
    ["rejects with nothing", remoteEval(rejectsWith, undefined), "threw", /threw undefined, which is no error/],
    [
      "rejects with an object",
      remoteEval(rejectsWith, { status: 7 }),
      "threw",
      /threw \{ status: 7 \}, which is no error/,
    ],
    ["rejects with a bigint", remoteEval(rejectsWith, 5n), "threw", /threw 5n, which is no error/],
    [
      "rejects with a circle",
      remoteEval(rejectsWith, circle()),
      "threw",
      /threw <ref \*1> \{ self: \[Circular \*1\] \}, which is no error/,
    ],
    [
      "returns what its schema forbids",
      remoteEval(wrongOutput, null),
      "invalid-output",
      /"faulty\/wrong-output" returned an output that its schema refuses: points\[1\]: .*expected number.*\n {2}input {2}null/,
    ],
    [
      "has a module that throws in a worker",
      remoteEval(licensed, null),
      "module-failed",
      /functions\/throws-on-node\.ts of the remote function "faulty\/licensed" can't be loaded in a worker: no licence on this node/,
    ],
    [
      "is not in its module",
      remoteEval(defineLate(), null),
      "unknown-function",
      /defines-late\.ts does not define a remote function "faulty\/late" when a worker imports it; it defines: .*\. Define it at the top level of that module/,
    ],
  ];

  test("whatever it is that it throws or returns", async () => {
    await using world = new World();
    const survived = await survive(world, errorsOf(cases.map(([, job]) => job)));
    const errors = "value" in survived.outcome ? survived.outcome.value : [];
    for (const [i, [what, , reason, message]] of cases.entries()) {
      expect(errors[i], what).toBeInstanceOf(CallError);
      expect(errors[i], what).toMatchObject({
        reason: { kind: reason },
        site: { attempt: 1, attempts: 1 },
        message: expect.stringMatching(message),
      });
    }
    expect(survived.events.filter(({ type }) => type === "call-retried")).toEqual([]);
  });
});

test("a call that kills its worker is tried three times, counts as failed, and its error says how it does that and what to do", async () => {
  await using world = new World();
  const jobs = [
    remoteEval(exits, 3),
    remoteEval(dieUntil, { until: 9, x: 1 }),
    local(setTaskMemory(48), remoteEval(hoards, null)),
  ];
  const survived = await survive(world, errorsOf(jobs));
  expect(survived.outcome).toMatchObject({
    value: [
      {
        reason: { death: { kind: "exited", code: 3 } },
        message: expect.stringMatching(
          /attempt 3 of 3.*\n {2}the call kills its worker: the worker exited with code 3\. A remote function must return or throw/,
        ),
      },
      {
        reason: { death: { kind: "killed", signal: "SIGKILL" } },
        message: expect.stringMatching(
          /the call kills its worker: the worker was killed by SIGKILL\. If nobody has killed it.*setTaskMemory/,
        ),
      },
      {
        reason: { death: { kind: "out-of-memory" } },
        message: expect.stringMatching(
          /the call kills its worker: the worker ran out of memory\.(?: When it was last looked at it held \d+ MB .*\.)? It had the 48 MB of setTaskMemory: give such calls more/,
        ),
      },
    ],
  });
  expect(survived.events.filter(({ type }) => type === "call-retried")).toHaveLength(6);
  const counts = survived.events.findLast((event) => event.type === "counts")?.functions ?? [];
  expect(counts.filter(({ name }) => name !== "test/square")).toMatchObject(
    Array.from({ length: 3 }, () => ({ failed: 1, retried: 2, cancelled: 0 })),
  );
});

test("a call that never ends is ended at its time limit, also when it is deaf to its signal and to SIGTERM", async () => {
  await using world = new World();
  const survived = await survive(
    world,
    local(setTaskTimeLimit(100), errorsOf([remoteEval(deaf, null), remoteEval(stubborn, null)])),
  );
  const timedOut = {
    reason: { kind: "timed-out", timeLimitMs: 100 },
    site: { attempt: 1 },
    message: expect.stringMatching(
      /attempt 1 of 1, after [1-9]\d*\.\d s\n {2}it ran longer than its time limit of 100 ms, which setTaskTimeLimit sets/,
    ),
  };
  expect(survived.outcome).toMatchObject({ value: [timedOut, timedOut] });
});

test("an input that its schema refuses is told by its path, before anything is sent", async () => {
  await using world = new World();
  const wrong: { until: number; x: number } = JSON.parse('{ "until": 1, "x": "one" }');
  const survived = await survive(world, remoteEval(dieUntil, wrong));
  expect(errorOf(survived)).toMatchObject({
    name: "InvalidValueError",
    code: "invalid-input",
    message: expect.stringMatching(
      /"test\/die-until" was called with an input that its schema refuses: x: .*expected number/,
    ),
  });
});

test("schemas that transform are applied to the input once, and to the output not at all; asynchronous ones are awaited", async () => {
  await using world = new World();
  const survived = await survive(world, async (env) => ({
    measured: await remoteEval(measures, { text: "three", at: "2026-11-22T00:00:00Z" })(env),
    greeted: await remoteEval(looksUp, "you")(env),
    refused: await errorsOf([remoteEval(looksUp, "nobody"), remoteEval(looksUp, "somebody with a long name")])(env),
  }));
  expect(survived.outcome).toMatchObject({
    value: {
      measured: `5 at ${Date.parse("2026-11-22T00:00:00Z")}`,
      greeted: "hello you",
      refused: [
        { code: "invalid-input", message: expect.stringContaining("nobody of this name") },
        { reason: { kind: "invalid-output" }, message: expect.stringContaining("too long") },
      ],
    },
  });
});

test("what a schema refuses in a promise of another realm is caught by its caller, and ends nobody else", async () => {
  await using world = new World();
  const survived = await survive(world, async (env) => ({
    echoed: await remoteEval(foreignPromises, 5)(env),
    refused: await errorsOf([remoteEval(foreignPromises, -1), remoteEval(foreignPromises, 12)])(env),
  }));
  const refused = [
    { name: "InvalidValueError", code: "invalid-input", message: expect.stringContaining("negative") },
    { reason: { kind: "invalid-output" } },
  ];
  expect(survived.outcome).toMatchObject({ value: { echoed: 5, refused } });
});
