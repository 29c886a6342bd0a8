/** Mistakes in jobs that people make on their first day: the message alone says what is wrong and what to do. */
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import {
  bind,
  CallError,
  concurrently,
  forConcurrently_,
  type Job,
  keyValMap,
  local,
  mapConcurrently,
  mapConcurrentlySettled,
  mapRemote,
  memoizeWithMap,
  race,
  remoteEval,
  remoteEvalM,
  runJobLocal,
  type RunLocalOptions,
  setTaskCpus,
  streamConcurrently,
} from "../src/index.ts";
import { quiet, thrownBy, World } from "./faults/world.ts";
import { inner, starts, waitsFor } from "./functions/mistaken.ts";
import { messagesOf, untyped } from "./mistakes.ts";

test("a call that is given no environment says what one is", async () => {
  expect((await thrownBy(remoteEval(inner, 1)(untyped(undefined)))).message).toMatch(
    /^remoteEval of "mistaken\/inner" was given no environment \(undefined\): a job is a function of the environment that its run gives it, as in \(env\) => remoteEval\(f, x\)\(env\)$/,
  );
  expect((await thrownBy(remoteEval(inner, 1)(untyped({ signal: new AbortController().signal })))).message).toMatch(
    /it has no taskLauncher/,
  );
});

test("a call that its job does not await is asked whether it was, whether it waits or runs", async () => {
  await using world = new World();
  const left: Promise<unknown>[] = [];
  const file = join(world.path, "never");
  const job: Job<string> = async (env) => {
    left.push(thrownBy(remoteEval(waitsFor, file)(env)));
    const result = await remoteEval(starts, { file: "/bin/echo" })(env);
    for (const cpus of [1, 2]) left.push(thrownBy(local(setTaskCpus(cpus), remoteEval(waitsFor, file))(env)));
    return result;
  };
  expect(await runJobLocal(world.info, job, quiet)).toBe("a b\n");
  for (const error of await Promise.all(left)) {
    expect(error).toBeInstanceOf(CallError);
    expect(error).toMatchObject({
      reason: { kind: "run-ended" },
      message: expect.stringMatching(
        /^mistaken\/\S+ was left behind\n {2}the run ended while this call waited or ran\. Was it awaited\? A job has to await each call that it makes, or return its promise/,
      ),
    });
  }
});

describe("who calls something else than a remote function", () => {
  const other = untyped((x: number) => x);
  test.each<{ readonly by: string; readonly job: Job<unknown> }>([
    { by: "remoteEval", job: remoteEval(other, 1) },
    { by: "remoteEvalM", job: remoteEvalM(other, async () => 1) },
    { by: "mapRemote", job: mapRemote(other, [1]) },
  ])("by $by is shown how one is made", async ({ job }) => {
    await using world = new World();
    expect((await thrownBy(runJobLocal(world.info, job, { ...quiet, inProcess: true }))).message).toMatch(
      /^remoteEval: the function must be one that defineRemote has made, not a function: export const f = defineRemote\(import\.meta, /,
    );
  });
});

test.each<{ readonly verb: string; readonly call: (inputs: never, f: never) => unknown }>([
  { verb: "mapConcurrently", call: mapConcurrently },
  { verb: "mapConcurrentlySettled", call: mapConcurrentlySettled },
  { verb: "streamConcurrently", call: streamConcurrently },
  { verb: "forConcurrently_", call: forConcurrently_ },
])("$verb without inputs, or without a function for each of them, says what it wants", ({ verb, call }) => {
  expect(() =>
    call(
      untyped(5),
      untyped(() => remoteEval(inner, 1)),
    ),
  ).toThrow(new TypeError(`${verb}: the inputs must be an array, or another iterable, not 5`));
  expect(() => call(untyped([1]), untyped(inner))).toThrow(
    new TypeError(
      `${verb}: what makes a job of each input must be a function, as in (x) => remoteEval(f, x), not an object`,
    ),
  );
});

test("mapRemote without inputs says what it wants", () => {
  expect(() => mapRemote(inner, untyped(undefined))).toThrow(
    new TypeError("mapRemote: the inputs must be an array, or another iterable, not undefined"),
  );
});

test("jobs that were given back in place of results are named: they did not run", async () => {
  await using world = new World();
  const messages: string[] = [];
  const onEvent: RunLocalOptions["onEvent"] = ({ event }) => event.type === "log" && messages.push(event.message);
  const unrun = (job: Job<unknown>): Promise<unknown> =>
    runJobLocal(world.info, job, { ...quiet, inProcess: true, onEvent });
  await unrun(async () => Promise.all(untyped([1, 2].map((x) => remoteEval(inner, x)))));
  await unrun(async () => remoteEval(inner, 1));
  await unrun(async () => [1, { run: "no" }]);
  expect(messages).toEqual([
    expect.stringMatching(
      /^⚠ The job's result holds functions\. If these are jobs, they did not run: a job runs when it is given the environment, as in await remoteEval\(f, x\)\(env\)/,
    ),
    expect.stringMatching(/^⚠ The job's result is a function\. If these are jobs/),
  ]);
});

test("a change of the environment that is none, or gives none, is told how one looks", async () => {
  await using world = new World();
  const [object, nothing] = await messagesOf(
    world,
    [
      local(untyped({ cpus: 2 }), remoteEval(inner, 1)),
      local(
        untyped(() => undefined),
        remoteEval(inner, 1),
      ),
    ],
    true,
  );
  expect(object).toBe(
    "local: the change must be a function of the environment, such as setTask({ cpus: 2 }), not an object",
  );
  expect(nothing).toBe(
    "local: the change must return the changed environment, and it returned undefined: (env) => setTaskCpus(2)(env), or just setTaskCpus(2)",
  );
});

describe("who gives a promise where a job is wanted is told to drop async", () => {
  const promised = async (): Promise<unknown> => remoteEval(inner, 1);
  const map = keyValMap("mistaken", z.number(), z.number());
  test.each<{ readonly verb: string; readonly job: Job<unknown> }>([
    { verb: "mapConcurrently", job: mapConcurrently([1], untyped(promised)) },
    {
      verb: "mapConcurrentlySettled's group",
      job: async (env) =>
        (await mapConcurrentlySettled([1], untyped(promised))(env)).map((end) =>
          end.status === "rejected" ? Promise.reject(end.reason) : end,
        )[0],
    },
    { verb: "forConcurrently_", job: forConcurrently_([1], untyped(promised)) },
    {
      verb: "streamConcurrently",
      job: async (env) => Array.fromAsync(streamConcurrently([1], untyped(promised))(env)),
    },
    { verb: "concurrently", job: concurrently(untyped(promised()), remoteEval(inner, 1)) },
    { verb: "race", job: race(untyped(promised()), untyped(promised())) },
    { verb: "local", job: local(setTaskCpus(1), untyped(promised())) },
    { verb: "bind", job: bind(remoteEval(inner, 1), untyped(promised)) },
    { verb: "memoizeWithMap", job: memoizeWithMap(map, untyped(promised), 1) },
    {
      verb: "a group whose function fails",
      job: mapConcurrently(
        [1],
        untyped(async () => Promise.reject(new Error("no"))),
      ),
    },
  ])("in $verb", async ({ job }) => {
    await using world = new World();
    expect((await thrownBy(runJobLocal(world.info, job, { ...quiet, inProcess: true }))).message).toMatch(
      /drop "async" before .* and return the job itself, as in \((x|key)\) => remoteEval\(f, \1\)$/,
    );
  });

  test("in the run itself", async () => {
    await using world = new World();
    expect((await thrownBy(runJobLocal(world.info, untyped(promised()), quiet))).message).toMatch(
      /^runJobLocal: the job must be a function of the environment, and not a promise: drop "async"/,
    );
    expect((await thrownBy(runJobLocal(world.info, untyped(undefined), quiet))).message).toMatch(
      /and not undefined: does the function that makes it return it\?$/,
    );
    expect((await thrownBy(runJobLocal(world.info, untyped(5), quiet))).message).toMatch(
      /and not a value of the type number$/,
    );
  });
});
