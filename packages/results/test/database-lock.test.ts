import { readFileSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { openResults } from "../src/index.ts";
import { takeLock } from "../src/database-lock.ts";
import type { LockHolder } from "../src/lock-file.ts";
import { ownIdentity } from "@hyperion-ts/processes/process-identity";
import { remainingLines, runProgram, temporaryFolder } from "./world.ts";

function leftBy(path: string, difference: Partial<LockHolder>): void {
  const holder: LockHolder = {
    ...ownIdentity(),
    since: "2026-11-01T00:00:00.000Z",
    what: "program abcde",
    token: "0123456789ab",
  };
  writeFileSync(`${path}.lock`, JSON.stringify({ ...holder, ...difference }));
}

test("a database that a living process holds is refused, naming host, process and time", async () => {
  using folder = temporaryFolder();
  await using holder = runProgram("holder.ts", folder.database);
  expect(await holder.nextLine()).toBe("held");
  const { host, since }: LockHolder = JSON.parse(readFileSync(`${folder.database}.lock`, "utf8"));
  const open = (): Promise<unknown> => openResults({ path: folder.database, programId: "prog1" });
  await expect(open()).rejects.toThrow(expect.objectContaining({ code: "locked", path: folder.database }));
  await expect(open()).rejects.toThrow(`held by process ${holder.pid} on host ${host} (program holdr), since ${since}`);
});

test("it is free again after its holder has closed it", async () => {
  using folder = temporaryFolder();
  await using holder = runProgram("holder.ts", folder.database);
  expect(await holder.nextLine()).toBe("held");
  holder.endInput();
  expect(await remainingLines(holder)).toEqual([]);
  await using results = await openResults({ path: folder.database, programId: "prog1" });
  expect(results.path).toBe(folder.database);
});

test("a lock that a killed process left is taken over", async () => {
  using folder = temporaryFolder();
  await using holder = runProgram("holder.ts", folder.database);
  expect(await holder.nextLine()).toBe("held");
  await holder.kill();
  expect(readdirSync(folder.path)).toContain("results.sqlite.lock");
  {
    await using _results = await openResults({ path: folder.database, programId: "prog1" });
  }
  expect(readdirSync(folder.path)).toEqual(["results.sqlite"]);
});

test("what a process left that was killed before its lock had its name is removed, and nobody else's", async () => {
  using folder = temporaryFolder();
  const draft = (token: string, difference: Partial<LockHolder>): void => {
    leftBy(folder.database, difference);
    renameSync(`${folder.database}.lock`, `${folder.database}.lock.${token}.draft`);
  };
  await using killed = runProgram("holder.ts", folder.database);
  expect(await killed.nextLine()).toBe("held");
  const { startTime }: LockHolder = JSON.parse(readFileSync(`${folder.database}.lock`, "utf8"));
  await killed.kill();
  draft("dead", { pid: killed.pid, startTime });
  draft("living", {});
  draft("elsewhere", { host: "n9", bootId: "another" });
  {
    await using _results = await openResults({ path: folder.database, programId: "prog1" });
  }
  expect(readdirSync(folder.path).toSorted()).toEqual([
    "results.sqlite",
    "results.sqlite.lock.elsewhere.draft",
    "results.sqlite.lock.living.draft",
  ]);
});

const ELSEWHERE = { host: "n9", bootId: "another", job: "Slurm job 7, start 0" };

test("a lock that a batch job left on another host is taken over once the job has ended", async () => {
  using folder = temporaryFolder();
  leftBy(folder.database, ELSEWHERE);
  const asked: string[] = [];
  const hasEnded = async (name: string): Promise<boolean> => asked.push(name) > 0;
  await using results = await openResults({
    path: folder.database,
    programId: "prog1",
    batchJob: { name: "Slurm job 8, start 0", hasEnded },
  });
  expect(asked).toEqual([ELSEWHERE.job]);
  expect(JSON.parse(readFileSync(`${results.path}.lock`, "utf8"))).toMatchObject({
    job: "Slurm job 8, start 0",
    pid: process.pid,
  });
});

test.each([
  ["has not ended", { name: "Slurm job 8, start 0", hasEnded: async () => false }],
  ["is this very one", { name: ELSEWHERE.job, hasEnded: async () => true }],
  ["can't be asked about", undefined],
])("it is refused, naming the job, while that %s", async (_title, batchJob) => {
  using folder = temporaryFolder();
  leftBy(folder.database, ELSEWHERE);
  const opened = openResults({
    path: folder.database,
    programId: "prog1",
    ...(batchJob === undefined ? {} : { batchJob }),
  });
  await expect(opened).rejects.toThrow(
    /held by process \d+ on host n9 \(program abcde, Slurm job 7, start 0\).*or end Slurm job 7, start 0/s,
  );
});

test("of several processes that find a dead one's lock at the same time, one gets it", async () => {
  using folder = temporaryFolder();
  leftBy(folder.database, { pid: 4_194_305 });
  await using contenders = new AsyncDisposableStack();
  const programs = Array.from({ length: 4 }, () => contenders.use(runProgram("holder.ts", folder.database)));
  const lines = await Promise.all(programs.map((program) => program.nextLine()));
  expect(lines.filter((line) => line === "held")).toHaveLength(1);
  expect(lines.filter((line) => line?.startsWith("locked: "))).toHaveLength(3);
});

test.each([
  ["whose pid belongs to a younger process now", { startTime: "1" }],
  ["of an earlier boot", { bootId: "another" }],
  ["of a pid that no process has", { pid: 4_194_305 }],
])("a lock %s is taken over", (_title, difference) => {
  using folder = temporaryFolder();
  leftBy(folder.database, difference);
  using _lock = takeLock(folder.database, "this test");
  const holder: LockHolder = JSON.parse(readFileSync(`${folder.database}.lock`, "utf8"));
  expect(holder).toMatchObject({ pid: process.pid, what: "this test" });
});

test("a takeover that itself was killed half way does not stand in the way", () => {
  using folder = temporaryFolder();
  leftBy(folder.database, { pid: 4_194_305 });
  writeFileSync(
    `${folder.database}.lock.0123456789ab`,
    JSON.stringify({
      ...ownIdentity(),
      pid: 4_194_306,
      since: "2026-11-01T00:00:00.000Z",
      what: "program abcde",
      token: "ba9876543210",
    }),
  );
  using _lock = takeLock(folder.database, "this test");
  expect(readFileSync(`${folder.database}.lock`, "utf8")).toContain("this test");
});

test.each([
  ["another host", { host: "n17", bootId: "another" }],
  ["another container of this host", { pidNamespace: "pid:[1]" }],
])("a lock of %s is refused, because nobody can know from here, with what to do", (_title, difference) => {
  using folder = temporaryFolder();
  leftBy(folder.database, { ...difference, pid: 4_194_305 });
  const take = (): unknown => takeLock(folder.database, "this test");
  expect(take).toThrow(expect.objectContaining({ code: "locked" }));
  expect(take).toThrow(
    /can't be checked from here\. Look on .* \(ps -p 4194305\); only if it has ended, remove .*results\.sqlite\.lock/,
  );
});

test("a lock file that can't be read is refused, not removed", () => {
  using folder = temporaryFolder();
  writeFileSync(`${folder.database}.lock`, "");
  expect(() => takeLock(folder.database, "this test")).toThrow(/has a lock that can't be read: .* If no other program/);
  expect(readdirSync(folder.path)).toEqual(["results.sqlite.lock"]);
});
