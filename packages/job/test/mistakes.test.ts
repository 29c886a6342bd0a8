/** Mistakes that people make on their first day: the message alone says what is wrong and what to do. */
import { chmodSync, writeFileSync } from "node:fs";
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
  setTask,
  setTaskCpus,
  setTaskMemory,
  setTaskNode,
  streamConcurrently,
} from "../src/index.ts";
import { quiet, thrownBy, World } from "./faults/world.ts";
import { inner, nests, returns, scaled, settings, starts, waitsFor } from "./functions/mistaken.ts";

/** What a program in JavaScript may write, where no compiler looks. */
const untyped = (value: unknown): never => value as never;

/** The messages of jobs that fail, all of one run. */
async function messagesOf(world: World, jobs: readonly Job<unknown>[], inProcess = false): Promise<readonly string[]> {
  const ends = await runJobLocal(
    world.info,
    mapConcurrentlySettled(jobs, (job) => job),
    { ...quiet, inProcess },
  );
  return ends.map((end) =>
    end.status === "rejected"
      ? String(end.reason.message)
      : `nothing was thrown, but there was ${JSON.stringify(end.value)}`,
  );
}

test("a remote function that starts a program, or calls, is told that it can't, and what to do in its place", async () => {
  await using world = new World();
  const nested = (how: string): Job<number> => remoteEval(nests, { how, dir: join(world.path, "nested") });
  const [runLocal, run, late, ...evals] = await messagesOf(
    world,
    ["runJobLocal", "runJob", "late", "remoteEval", "remoteEvalM", "mapConcurrently", "no environment"].map(nested),
  );
  const remedy =
    /was called inside the remote function "mistaken\/nests": a remote function runs in a worker, which can't start calls\. Make the calls in a job, .*, or run the other function here, in this worker: other\.run\(input, ctx\)\./;
  for (const message of [runLocal, run, late, ...evals]) {
    expect(message).toMatch(remedy);
    expect(message).not.toMatch(/when it is imported|reading '/);
    expect(message).toMatch(/\n {9}at .*test\/functions\/mistaken\.ts:\d+:\d+\)?\n/);
  }
  expect(runLocal).toContain("runJobLocal was called");
  expect(run).toContain("runJob was called");
  for (const message of evals) expect(message).toContain('remoteEval of "mistaken/inner" was called');
  expect(await runJobLocal(world.info, nested("run"), quiet)).toBe(42);
});

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

test("a remote function has its module as a worker has loaded it, and not what the program has set since", async () => {
  await using world = new World();
  settings.factor = 10;
  expect(await runJobLocal(world.info, remoteEval(scaled, 2), quiet)).toBe(2);
  expect(await runJobLocal(world.info, remoteEval(scaled, 2), { ...quiet, inProcess: true })).toBe(20);
});

test("what can't travel back is named with its place; an instance of a class comes as a plain object", async () => {
  await using world = new World();
  const [fn, symbol, promise, nothing, instance] = await messagesOf(
    world,
    (["function", "symbol", "promise", "nothing", "instance"] as const).map((what) => remoteEval(returns, what)),
  );
  const remedy = "cannot travel to another process: send plain data, or the name of a remote function, instead.";
  expect(fn).toContain(`WireError: $ is a function and ${remedy}`);
  expect(symbol).toContain(`WireError: $.deep[0] is a symbol and ${remedy}`);
  expect(promise).toContain(`WireError: $.later is a Promise and ${remedy}`);
  expect(nothing).toContain(
    'The remote function "mistaken/returns" returned an output that its schema refuses: expected something, received undefined',
  );
  expect(instance).toBe('nothing was thrown, but there was {"x":1}');
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
    (
      await thrownBy(
        runJobLocal(world.info, remoteEval(inner, 1), { ...quiet, launcher: { transport: untyped("srun") } }),
      )
    ).message,
  ).toBe('runJobLocal: launcher: transport must be an object, such as { type: "srun" }, not "srun"');
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

test("a program that can't be started is told from a directory, a file and an interpreter that are not there, with the person's own line", async () => {
  await using world = new World();
  const plain = join(world.path, "plain");
  const strange = join(world.path, "strange");
  for (const [file, text] of [
    [plain, "echo\n"],
    [strange, "#!/nowhere/sh\necho\n"],
  ] as const)
    writeFileSync(file, text);
  chmodSync(strange, 0o755);
  const given = [
    { file: "no-such-program" },
    { file: "/no/such/file" },
    { file: plain },
    { file: strange },
    { file: "echo", cwd: "/no/such/folder" },
    { file: "echo", cwd: plain },
    { file: "ls -l" },
    { file: "ls | wc" },
  ];
  const messages = await messagesOf(
    world,
    given.map((input) => remoteEval(starts, input)),
  );
  const expected = [
    /The program no-such-program a b could not be started: there is no such program on this node's PATH \(.*\)\n/,
    /The program \/no\/such\/file a b could not be started: there is no such file on this node\n/,
    /could not be started: it is no file that may be executed \(chmod \+x makes it one\)\n/,
    /could not be started: the interpreter that its first line \(#!\) names is not there on this node\n/,
    /could not be started: its directory \(cwd\) \/no\/such\/folder is not there on this node, or is no directory\n/,
    /could not be started: its directory \(cwd\) .*plain is not there on this node, or is no directory\n/,
    /could not be started: there is no program of this name\. It takes no command line: give the arguments apart, as in ctx\.exec\("ls", \["-l"\]\)\n/,
    /could not be started: .* or let a shell read it: ctx\.exec\("sh", \["-c", "ls \| wc"\]\)\n/,
  ];
  for (const [i, message] of messages.entries()) {
    expect(message).toMatch(expected[i] ?? "");
    expect(message).toMatch(/\n {9}at .*startsPrograms .*mistaken\.ts:\d+:\d+\)?\n/);
  }
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
