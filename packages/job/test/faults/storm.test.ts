/** Workers that are killed at random under very many calls. */
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { promisify } from "node:util";
import { fileURLToPath } from "node:url";
import { expect, test, vi } from "vitest";
import { overlaps } from "./overlaps.ts";
import type { CallRecord } from "./programs/busy.ts";
import type { Storm, StormPlan } from "./programs/storm.ts";
import { compileCache, numbers, ourProcesses, until, World } from "./world.ts";

// Longer than its program may take, which ends its workers when its time is over.
vi.setConfig({ testTimeout: 300_000 });

const program = fileURLToPath(new URL("programs/storm.ts", import.meta.url));

/** Runs the program, after `prefix`, and says what came of it. */
async function runStorm(
  world: World,
  plan: Omit<StormPlan, "seed" | "everyMs">,
  prefix: readonly string[] = [],
): Promise<Storm> {
  const seed = Math.floor(Math.random() * 2 ** 31);
  const [command, ...argv] = [
    ...prefix,
    process.execPath,
    program,
    world.path,
    JSON.stringify({ ...plan, everyMs: 100, seed }),
    compileCache,
  ];
  await promisify(execFile)(command, argv, { timeout: 280_000 });
  const storm: Storm = JSON.parse(readFileSync(join(world.path, "storm.json"), "utf8"));
  console.log(`${[...prefix, `seed ${seed}`].join(" ")}: ${describeKills(storm)}`);
  return storm;
}

function describeKills({ records, kills, retried, failures }: Storm): string {
  const gaps = kills
    .slice(1)
    .map(({ at }, i) => at - (kills[i]?.at ?? 0))
    .sort((a, b) => a - b);
  const seconds = (Math.max(...records.map(({ end }) => end)) - Math.min(...records.map(({ start }) => start))) / 1_000;
  const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
  return `${kills.length} kills in ${seconds.toFixed(1)} s, ${mean.toFixed(0)} ms apart (median ${gaps[gaps.length >> 1]?.toFixed(0)}, longest ${gaps.at(-1)?.toFixed(0)}); ${retried + failures.length} hit a call, ${failures.length} calls were hit three times`;
}

/** What holds of every storm, whoever was killed. */
function expectNothingLost(world: World, calls: number, { records, kills, retried, failures, ended }: Storm): void {
  expect(records.map(({ x, square }) => [x, square])).toEqual(numbers(calls).map((x) => [x, x * x]));
  expect(rowsIn(world)).toEqual({ rows: calls, keys: calls });
  // A call fails when it was hit three times and not before, and one kill hits one call at most.
  expect(failures.map(({ attempt }) => attempt)).toEqual(failures.map(() => 3));
  expect(retried).toBe(records.reduce((sum, { attempt }) => sum + attempt - 1, 0) + 2 * failures.length);
  expect(retried + failures.length).toBeLessThanOrEqual(kills.length);
  const killed = new Set(kills.map(({ pid }) => pid));
  // A call that was hit is the first one in its next worker, for which an idle one may have to go.
  const retired = ended.filter(({ pid }) => !killed.has(pid));
  expect(retired.filter(({ how }) => how !== "the worker was killed by SIGTERM")).toEqual([]);
  expect(retired.length).toBeLessThanOrEqual(kills.length);
}

/** How many rows, and how many different keys, the map of the storm has. */
function rowsIn(world: World): unknown {
  using database = new DatabaseSync(world.info.database, { readOnly: true });
  return {
    ...database
      .prepare("select count(*) as rows, count(distinct key) as keys from hyperion_key_val where kv_map = 'storm'")
      .get(),
  };
}

const distinct = (records: readonly CallRecord[], of: "cpus" | "lease"): string[] =>
  [...new Set(records.map((record) => record[of]))].sort();

const leased = (
  records: readonly CallRecord[],
): { readonly cpus: string; readonly start: number; readonly end: number }[] =>
  records.map(({ lease, start, end }) => ({ cpus: lease, start, end }));

test("5,000 calls while every 100 ms a random worker is killed, those that still load too: each is right and stored once, no CPU is lost or given twice", async () => {
  await using world = new World();
  // More workers than CPUs, and calls that wait: starting ten workers a second takes most of two CPUs.
  const storm = await runStorm(world, { calls: 5_000, cpus: 8, callMs: 5, how: "waiting" });
  expect(storm.retried).toBeGreaterThan(0);
  expectNothingLost(world, 5_000, storm);
  expect(overlaps(leased(storm.records))).toEqual([]);
  expect(storm.idle).toEqual([8, 8]);
  expect(overlaps(leased(storm.after))).toEqual([]);
  expect(distinct(storm.after, "lease")).toEqual(numbers(8).map(String));
  await until(() => ourProcesses().length === 0);
});

test.skipIf(availableParallelism() < 2).for([
  { cpus: "0", calls: 200, pinnedTo: ["0"], total: 1 },
  { cpus: "0,1", calls: 1_000, pinnedTo: ["0", "1"], total: 2 },
])(
  "$calls calls that fill CPUs $cpus while every 100 ms a random worker is killed: each ran on the CPU that it was given, alone",
  async ({ cpus, calls, pinnedTo, total }) => {
    await using world = new World();
    const storm = await runStorm(world, { calls, callMs: 2, how: "computing" }, ["taskset", "-c", cpus]);
    expect(storm.kills.length).toBeGreaterThan(0);
    expectNothingLost(world, calls, storm);
    for (const records of [storm.records, storm.after]) {
      expect(overlaps(records)).toEqual([]);
      expect(distinct(records, "cpus")).toEqual(pinnedTo);
      expect(records.filter(({ cpus, lease }) => cpus !== lease)).toEqual([]);
    }
    expect(storm.idle).toEqual([total, total]);
    await until(() => ourProcesses().length === 0);
  },
);
