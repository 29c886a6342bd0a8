/**
 * A program for tests: memoises many short calls in `dir` while random workers are killed, then writes to
 * `dir/storm.json` what each call says of itself, who was killed, and what is to be seen of the pool.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  CallError,
  type Job,
  type JobEnv,
  keyValMap,
  mapConcurrently,
  memoizeWithMap,
  programInfo,
  remoteEval,
  runJobLocal,
} from "../../../src/index.ts";
import { busy, type CallRecord } from "./busy.ts";
import { type Kill, type KillPlan, startKiller } from "./killer.ts";

/** What the program is told. */
export interface StormPlan extends KillPlan {
  readonly calls: number;
  /** Default: all that there are. */
  readonly cpus?: number;
  /** Calls take 1/2 to 3/2 of this. */
  readonly callMs: number;
  readonly how: "computing" | "waiting";
}

/** What the program writes. */
export interface Storm {
  readonly records: readonly CallRecord[];
  readonly kills: readonly Kill[];
  /** Attempts after which a call was tried again. */
  readonly retried: number;
  /** Calls that failed, each after its last attempt, and were called once more. */
  readonly failures: readonly { readonly x: number; readonly attempt: number; readonly kind: string }[];
  /** The workers that ended before the storm did, and how. */
  readonly ended: readonly { readonly pid: number; readonly how: string }[];
  /** Idle and all CPUs of the pool, when all calls are done. */
  readonly idle: readonly number[];
  /** What calls say that are made after the storm. */
  readonly after: readonly CallRecord[];
}

const memo = keyValMap("storm", busy.input, busy.output);

async function storm(dir: string, plan: StormPlan, compileCache: string): Promise<Storm> {
  const { calls, callMs, how } = plan;
  const inputs = Array.from({ length: calls }, (_, x) => ({ x, ms: callMs * (0.5 + (x % 11) / 10), how }));
  const started = new Map<string, number>();
  const ended: Storm["ended"][number][] = [];
  const failures: Storm["failures"][number][] = [];
  let retried = 0;

  /** One call, and again as long as its workers are killed: by a person who knows why. */
  const call =
    (input: (typeof inputs)[number]): Job<CallRecord> =>
    async (env) => {
      try {
        return await memoizeWithMap(memo, (key) => remoteEval(busy, key), input)(env);
      } catch (error) {
        if (!(error instanceof CallError) || (error.reason.kind !== "worker-died" && error.site.node === ""))
          throw error;
        failures.push({ x: input.x, attempt: error.site.attempt, kind: error.reason.kind });
        return await call(input)(env);
      }
    };

  const job = async (env: JobEnv): Promise<Storm> => {
    // All workers are up when it begins.
    await mapConcurrently(Array.from({ length: totalCpus(env) }), () =>
      remoteEval(busy, { x: 0, ms: 100, how: "waiting" }),
    )(env);
    const killer = startKiller(plan);
    const records = await mapConcurrently(inputs, (input) => async (env) => {
      const record = await call(input)(env);
      Atomics.add(killer.done, 0, 1);
      return record;
    })(env);
    const kills = await killer.stop();
    const seen = { records, kills, retried, failures: [...failures], ended: [...ended] };
    const idle = await idleCpus(env);
    return {
      ...seen,
      idle,
      after: await onAllCpus(
        env,
        mapConcurrently(inputs.slice(0, 40), (input) => remoteEval(busy, input)),
      ),
    };
  };

  return await runJobLocal(programInfo(dir), job, {
    ...(plan.cpus === undefined ? {} : { cpus: plan.cpus }),
    progress: "none",
    compileCache,
    onEvent: ({ event }) => {
      if (event.type === "worker-started") started.set(event.serviceId, event.pid);
      else if (event.type === "worker-ended") ended.push({ pid: started.get(event.serviceId) ?? -1, how: event.how });
      else if (event.type === "call-retried") retried += 1;
    },
  });
}

/** Calls until each CPU has had one: a worker that is there makes those of one that still starts. */
async function onAllCpus(env: JobEnv, calls: Job<CallRecord[]>): Promise<CallRecord[]> {
  const records: CallRecord[] = [];
  for (let left = 100; left > 0 && new Set(records.map(({ lease }) => lease)).size < totalCpus(env); left -= 1)
    records.push(...(await calls(env)));
  return records;
}

const totalCpus = ({ pool }: JobEnv): number => pool.snapshot().nodes.reduce((sum, { cpus }) => sum + cpus.total, 0);

/** Idle and all CPUs, as soon as they are as many; else what they are after a while. */
async function idleCpus({ pool }: JobEnv): Promise<number[]> {
  for (let left = 500; ; left -= 1) {
    const counts = pool.snapshot().nodes.flatMap(({ cpus }) => [cpus.idle, cpus.total]);
    if (counts[0] === counts[1] || left === 0) return counts;
    // The last worker that was killed is still being cleaned up after.
    await sleep(20);
  }
}

if (import.meta.main) {
  const [dir = "", plan = "{}", compileCache = ""] = process.argv.slice(2);
  writeFileSync(join(dir, "storm.json"), JSON.stringify(await storm(dir, JSON.parse(plan), compileCache)));
}
