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
  memoizeWithMap,
  race,
  remoteEval,
  runJobLocal,
  setTask,
  setTaskCpus,
  setTaskMemory,
  setTaskNode,
  streamConcurrently,
} from "../src/index.ts";
import { quiet, thrownBy, World } from "./faults/world.ts";
import { inner, nests, starts, waitsFor } from "./functions/mistaken.ts";

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
    expect(elsewhere).toMatch(/nowhere/);
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
