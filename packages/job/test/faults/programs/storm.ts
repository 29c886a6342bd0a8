/**
 * A program for tests: memoises many short calls in `dir` while a random worker is killed every `killEveryMs` (and
 * more seldom where workers start so slowly that nothing would get done), then writes to `dir/storm.json` what each call
 * says of itself, and what is to be seen of the pool.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type JobEnv, keyValMap, local, mapConcurrently, memoizeWithMap, programInfo, remoteEval, runJobLocal, setTaskAttempts } from "../../../src/index.ts";
import { busy, type CallRecord } from "./busy.ts";

/** What the program writes. */
export interface Storm {
  readonly records: readonly CallRecord[];
  readonly kills: number;
  readonly retried: number;
  /** Idle and all CPUs of the pool, when all calls are done. */
  readonly idle: readonly number[];
  /** What calls say that are made after the storm. */
  readonly after: readonly CallRecord[];
}

const memo = keyValMap("storm", busy.input, busy.output);

/** Numbers from 0 to 1 that a seed decides (mulberry32). */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d_2b_79_f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const CALLS_BETWEEN_KILLS = 40;

if (import.meta.main) {
  const [dir = "", calls = "0", killEveryMs = "0", seed = "0", compileCache = ""] = process.argv.slice(2);
  const random = randomNumbers(Number(seed));
  const living = new Map<string, number>();
  let kills = 0;
  let retried = 0;
  let done = 0;
  let doneAtKill = 0;
  const killer = setInterval(() => {
    if (done < doneAtKill + CALLS_BETWEEN_KILLS) return;
    doneAtKill = done;
    const pid = [...living.values()][Math.floor(random() * living.size)];
    if (pid === undefined) return;
    process.kill(pid, "SIGKILL");
    kills += 1;
  }, Number(killEveryMs));
  const inputs = Array.from({ length: Number(calls) }, (_, x) => ({ x }));
  const { records, idle, after } = await runJobLocal(
    programInfo(dir),
    // A worker's first call also loads its module: one in three is killed during that.
    local(setTaskAttempts(30), async (env: JobEnv) => {
      const records = await mapConcurrently(inputs, (input) => async (env) => {
        const record = await memoizeWithMap(memo, (key) => remoteEval(busy, key), input)(env);
        done += 1;
        return record;
      })(env);
      clearInterval(killer);
      const idle = env.pool.snapshot().nodes.flatMap(({ cpus }) => [cpus.idle, cpus.total]);
      const after = await mapConcurrently(inputs.slice(0, 40), (input) => remoteEval(busy, input))(env);
      return { records, idle, after };
    }),
    {
      progress: "none",
      launcher: { compileCache },
      onEvent: ({ event }) => {
        if (event.type === "worker-started") living.set(event.serviceId, event.pid);
        else if (event.type === "worker-ended") living.delete(event.serviceId);
        else if (event.type === "call-retried") retried += 1;
      },
    },
  );
  const told: Storm = { records, kills, retried, idle, after };
  writeFileSync(join(dir, "storm.json"), JSON.stringify(told));
}
