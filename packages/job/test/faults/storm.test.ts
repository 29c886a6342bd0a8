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
import type { Storm } from "./programs/storm.ts";
import { compileCache, numbers, ourProcesses, until, World } from "./world.ts";

// Longer than its program may take, which ends its workers when its time is over.
vi.setConfig({ testTimeout: 120_000 });

const program = fileURLToPath(new URL("programs/storm.ts", import.meta.url));

/** Runs the program with an affinity to these CPUs, a worker killed every 100 ms at most, as soon as 40 more calls are done. */
async function runStorm(world: World, cpus: string, calls: number): Promise<Storm> {
  const seed = Math.floor(Math.random() * 2 ** 31);
  console.log(`storm on CPUs ${cpus}: seed ${seed}`);
  const argv = ["-c", cpus, process.execPath, program, world.path, String(calls), "100", String(seed), compileCache];
  await promisify(execFile)("taskset", argv, { timeout: 110_000 });
  return JSON.parse(readFileSync(join(world.path, "storm.json"), "utf8"));
}

/** How many rows, and how many different keys, the map of the storm has. */
function rowsIn(world: World): unknown {
  using database = new DatabaseSync(world.info.database, { readOnly: true });
  return { ...database.prepare("select count(*) as rows, count(distinct key) as keys from hyperion_key_val where kv_map = 'storm'").get() };
}

const masks = (records: readonly { readonly cpus: string }[]): string[] => [...new Set(records.map(({ cpus }) => cpus))].sort();

test.skipIf(availableParallelism() < 2).for([
  { cpus: "0", calls: 500, pinnedTo: ["0"], total: 1 },
  { cpus: "0,1", calls: 5_000, pinnedTo: ["0", "1"], total: 2 },
])("$calls calls on CPUs $cpus with a worker killed every 100 ms at most, as soon as 40 more calls are done: each is right and stored once, no CPU is lost or given twice", async ({ cpus, calls, pinnedTo, total }) => {
  await using world = new World();
  const { records, kills, retried, idle, after } = await runStorm(world, cpus, calls);
  expect(kills).toBeGreaterThan(5);
  expect(retried).toBeGreaterThan(0);
  expect(records.map(({ x, square }) => [x, square])).toEqual(numbers(calls).map((x) => [x, x * x]));
  expect(rowsIn(world)).toEqual({ rows: calls, keys: calls });
  expect(overlaps(records)).toEqual([]);
  expect(masks(records)).toEqual(pinnedTo);
  expect(idle).toEqual([total, total]);
  expect(overlaps(after)).toEqual([]);
  expect(masks(after)).toEqual(pinnedTo);
  await until(() => ourProcesses().length === 0);
});
