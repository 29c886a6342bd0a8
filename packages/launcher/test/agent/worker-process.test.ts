import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { findProcessTools } from "@hyperion-ts/processes";
import { WorkerProcesses } from "../../src/agent/worker-process.ts";
import { testWorld } from "../world.ts";

const start = (logFile: string): Promise<unknown> =>
  new WorkerProcesses(findProcessTools(), () => undefined).start(["true"], null, logFile);

test("a worker whose log would go into another file, or keep its agent waiting, is not started, and whose doing it is is told", async () => {
  await using world = testWorld();
  const victim = join(world.folder, "diary");
  writeFileSync(victim, "Dear diary\n");
  symlinkSync(victim, join(world.folder, "link.log"));
  execFileSync("mkfifo", [join(world.folder, "fifo.log")]);
  await expect(start(join(world.folder, "link.log"))).rejects.toThrow(
    "link.log is a symbolic link of yours, and no plain file",
  );
  await expect(start(join(world.folder, "fifo.log"))).rejects.toThrow("fifo.log is a FIFO of yours, and no plain file");
  expect(readFileSync(victim, "utf8")).toBe("Dear diary\n");
});

test("the folder of a worker's log is made for this user alone, also in one that everybody may write to", async () => {
  await using world = testWorld();
  const shared = join(world.folder, "shared");
  mkdirSync(shared);
  chmodSync(shared, 0o777);
  await start(join(shared, "logs/worker.log"));
  expect(statSync(join(shared, "logs")).mode & 0o777).toBe(0o700);
  expect(statSync(join(shared, "logs/worker.log")).mode & 0o777).toBe(0o600);
});
