import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import {
  CallError,
  forConcurrently_,
  type Job,
  local,
  mapConcurrently,
  mapConcurrentlySettled,
  mapRemote,
  race,
  remoteEval,
  remoteEvalM,
  setFreshWorkers,
  setTaskAttempts,
  setTaskCpus,
  setTaskTimeLimit,
  streamConcurrently,
} from "../src/index.ts";
import { dieUntil, exits, fails, processId, square, spins, waits } from "./functions.ts";
import { runQuietly } from "./local-run.ts";

const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

/** A job on a given signal in place of the run's own. */
const under =
  <A>(signal: AbortSignal, job: Job<A>): Job<A> =>
  (env) =>
    job({ ...env, signal });

test("10,000 trivial calls through mapConcurrently on two workers are all right", async () => {
  const { value } = await runQuietly(mapConcurrently(numbers(10_000), (x) => remoteEval(square, x)));
  expect(value).toEqual(numbers(10_000).map((x) => x * x));
});

test("mapRemote, streamConcurrently and forConcurrently_ run every input once, in order where they promise it", async () => {
  const { value } = await runQuietly(async (env) => {
    const batch = await mapRemote(square, numbers(5_000))(env);
    const streamed: number[] = [];
    for await (const y of streamConcurrently(numbers(3_000), (x) => remoteEval(square, x), { window: 100 })(env))
      streamed.push(y);
    const unordered: number[] = [];
    for await (const y of streamConcurrently(numbers(500), (x) => remoteEval(square, x), { ordered: false })(env))
      unordered.push(y);
    const count = await forConcurrently_(numbers(3_000), (x) => remoteEval(square, x))(env);
    return { batch, streamed, unordered, count };
  });
  expect(value.batch).toEqual(numbers(5_000).map((x) => x * x));
  expect(value.streamed).toEqual(numbers(3_000).map((x) => x * x));
  expect(value.unordered.sort((a, b) => a - b)).toEqual(numbers(500).map((x) => x * x));
  expect(value.count).toBe(3_000);
});

test("a call whose worker is killed under it is made again, and right", async () => {
  const { value, events } = await runQuietly(
    mapConcurrently(numbers(6), (x) => remoteEval(dieUntil, { until: x === 3 ? 3 : 1, x })),
  );
  expect(value).toEqual(numbers(6));
  expect(events.filter((event) => event.type === "call-retried").map(({ attempt }) => attempt)).toEqual([1, 2]);
});

test("a call that kills its worker fails after three attempts, and says how", async () => {
  const failure = runQuietly(remoteEval(dieUntil, { until: 9, x: 1 }));
  await expect(failure).rejects.toMatchObject({
    name: "CallError",
    reason: { kind: "worker-died", death: { kind: "killed", signal: "SIGKILL" } },
    site: { attempt: 3, attempts: 3 },
  });
  await expect(failure).rejects.toThrow(
    /test\/die-until failed on .*attempt 3 of 3[^]*the call kills its worker: the worker was killed by SIGKILL[^]*input {2}\{ until: 9, x: 1 \}[^]*log {4}.*\.log/,
  );
});

test("a call that exits its worker fails after as many attempts as it may have", async () => {
  const failure = runQuietly(local(setTaskAttempts(2), remoteEval(exits, 3)));
  await expect(failure).rejects.toMatchObject({
    reason: { kind: "worker-died", death: { kind: "exited", code: 3 } },
    site: { attempt: 2 },
  });
});

test("an error that the function throws comes once, as the cause, and ends the group but not the run", async () => {
  const { value } = await runQuietly(async (env) => {
    const error = await remoteEval(fails, "too cold")(env).catch((thrown: unknown) => thrown);
    const settled = await mapConcurrentlySettled(["a", "b"], (message) => remoteEval(fails, message))(env);
    return { error, settled: settled.map(({ status }) => status), after: await remoteEval(square, 3)(env) };
  });
  expect(value.error).toBeInstanceOf(CallError);
  expect(value.error).toMatchObject({
    reason: { kind: "threw" },
    site: { attempt: 1, attempts: 1 },
    cause: new RangeError("too cold"),
  });
  expect(value.settled).toEqual(["rejected", "rejected"]);
  expect(value.after).toBe(9);
});

test("an input that the schema refuses fails before anything is sent", async () => {
  const wrong = { until: "1", x: 1 } as unknown as { until: number; x: number };
  await expect(runQuietly(remoteEval(dieUntil, wrong))).rejects.toMatchObject({
    name: "InvalidValueError",
    code: "invalid-input",
    issues: [{ path: "until" }],
  });
});

test("a request that no node could serve fails at once, with both numbers", async () => {
  await expect(runQuietly(local(setTaskCpus(64), remoteEval(square, 1)))).rejects.toThrow(/64 CPUs[^]*2 CPUs/);
});

test("an aborted call ends, its worker's CPUs come back, and the signal's reason arrives unchanged", async () => {
  const reason = new Error("no longer wanted");
  const { value } = await runQuietly(async (env) => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(reason), 100);
    const aborted = await mapConcurrently(numbers(20), () =>
      under(controller.signal, remoteEval(waits, { ms: 60_000 })),
    )(env).catch((thrown: unknown) => thrown);
    return {
      aborted,
      after: await mapConcurrently([1, 2, 3], (x) => remoteEval(square, x))(env),
      waiting: env.pool.snapshot().waiting,
    };
  });
  expect(value).toEqual({ aborted: reason, after: [1, 4, 9], waiting: 0 });
});

test("a call that never looks up is killed when it is aborted", async () => {
  const { value } = await runQuietly(race(remoteEval(spins, { ms: 600_000 }), remoteEval(square, 5)));
  expect(value).toBe(25);
});

test("a time limit ends a call, whether it sleeps or spins, and the next call finds its CPUs free", async () => {
  const { value } = await runQuietly(async (env) => {
    const limited = local(
      setTaskTimeLimit(200),
      mapConcurrentlySettled([1, 2], (i) =>
        i === 1 ? remoteEval(waits, { ms: 60_000 }) : remoteEval(spins, { ms: 600_000 }),
      ),
    );
    const ends = await limited(env);
    return {
      kinds: ends.map((end) =>
        end.status === "rejected" && end.reason instanceof CallError ? end.reason.reason : end,
      ),
      after: await remoteEval(square, 4)(env),
    };
  });
  const timedOut = { kind: "timed-out", timeLimitMs: 200 };
  expect(value).toEqual({ kinds: [timedOut, timedOut], after: 16 });
});

test("short calls behind a long one are taken back and run elsewhere before it ends", async () => {
  const { value } = await runQuietly(async (env) => {
    await mapConcurrently(numbers(2_000), () => remoteEval(spins, { ms: 0.01 }))(env);
    const started = performance.now();
    let longEnded = 0;
    const ends = await mapConcurrently(numbers(200), (i) => async (env) => {
      await remoteEval(spins, { ms: i === 20 ? 2_000 : 0.01 })(env);
      const at = performance.now() - started;
      if (i === 20) longEnded = at;
      return at;
    })(env);
    return { behind: ends.filter((at) => at > longEnded).length, longEnded };
  });
  expect(value.behind).toBe(0);
});

test("remoteEvalM computes its input when a worker is ready, once, and keeps it over retries", async () => {
  let computed = 0;
  const input: Job<{ until: number; x: number }> = async () => {
    computed += 1;
    return { until: 3, x: 7 };
  };
  const { value } = await runQuietly(remoteEvalM(dieUntil, input));
  expect({ value, computed }).toEqual({ value: 7, computed: 1 });
});

test("workers stay warm, and a fresh one for each call is an option", async () => {
  const { value } = await runQuietly(async (env) => {
    const pids = (job: Job<number>): Promise<number> => replicate(4, job)(env).then((all) => new Set(all).size);
    return {
      warm: await pids(remoteEval(processId, null)),
      fresh: await pids(local(setFreshWorkers(true), remoteEval(processId, null))),
    };
  });
  expect(value.warm).toBeLessThanOrEqual(2);
  expect(value.fresh).toBe(4);
});

test("a wide call takes CPUs that narrow ones had, and they get them back", async () => {
  const { value } = await runQuietly(async (env) => {
    const narrow = mapConcurrently(numbers(20), () => remoteEval(spins, { ms: 5 }));
    const wide = local(
      setTaskCpus(2),
      mapConcurrently(numbers(3), () => remoteEval(square, 6)),
    );
    const [, squares] = await Promise.all([narrow(env), wide(env), sleep(1)]);
    return { squares, idle: env.pool.snapshot().nodes.map(({ cpus }) => cpus.idle) };
  });
  expect(value).toEqual({ squares: [36, 36, 36], idle: [2] });
});

const replicate =
  <A>(count: number, job: Job<A>): Job<A[]> =>
  async (env) => {
    const all: A[] = [];
    for (let i = 0; i < count; i += 1) all.push(await job(env));
    return all;
  };
