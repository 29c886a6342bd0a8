import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { forConcurrently_, type Job } from "../../src/index.ts";
import { runQuietly, TempDir } from "../local-run.ts";
import { pause, square } from "./remembering.ts";

const KEYS = Array.from({ length: 60 }, (_, x) => x);
const DELAY_MS = 15;

test("nothing is acknowledged before the COMMIT of its row has returned, however long that takes", async () => {
  using dir = new TempDir();
  const commits: { readonly begun: bigint; readonly returned: bigint }[] = [];
  const aroundCommit = (commit: () => void): void => {
    const begun = process.hrtime.bigint();
    pause(DELAY_MS);
    commit();
    pause(DELAY_MS);
    commits.push({ begun, returned: process.hrtime.bigint() });
  };
  const acknowledged = new Map<number, bigint>();
  const early: number[] = [];
  const job = forConcurrently_(KEYS, (x) => async (env) => {
    await square(dir.path, x)(env);
    acknowledged.set(x, process.hrtime.bigint());
    if (acknowledged.size > env.results.counters.inserts) early.push(x);
  });
  await runQuietly(job, { results: { aroundCommit } });
  const executions = readFileSync(join(dir.path, "executions"), "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => line.split(" "));
  const uncommitted = executions.filter(([x, executed]) => {
    const known = acknowledged.get(Number(x)) ?? 0n;
    return !commits.some(({ begun, returned }) => BigInt(executed ?? 0) < begun && returned < known);
  });
  expect(acknowledged.size).toBe(KEYS.length);
  expect(executions).toHaveLength(KEYS.length);
  expect({ early, uncommitted }).toEqual({ early: [], uncommitted: [] });
});

test("a result whose COMMIT fails is not acknowledged: its caller hears why", async () => {
  using dir = new TempDir();
  const aroundCommit = (): void => {
    throw new Error("the disk is on fire");
  };
  await expect(runQuietly(square(dir.path, 3), { results: { aroundCommit } })).rejects.toThrow("the disk is on fire");
});

test("the live connection of a run makes each COMMIT durable: synchronous=FULL", async () => {
  const settings: Job<unknown> = async ({ results }) => results.settings();
  const { value } = await runQuietly(settings, { inProcess: true });
  expect(value).toEqual({ journalMode: "wal", synchronous: 2, lockingMode: "exclusive" });
});
