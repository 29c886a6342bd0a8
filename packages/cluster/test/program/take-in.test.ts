/** What a job has computed is taken in at its end also where its database is seen late. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ResultsDatabase } from "@hyperion-ts/job";
import { newServiceId } from "@hyperion-ts/wire";
import { expect, test } from "vitest";
import { JobDirectory } from "../../src/directory/job-directory.ts";
import { TakeIn } from "../../src/program/take-in.ts";

test("the database of a head that has begun is waited for, and of one that never began there is none", async () => {
  const folder = mkdtempSync(join(tmpdir(), "hyperion-take-in-"));
  try {
    const job = {
      layout: 1,
      id: newServiceId(),
      name: "test/job",
      call: { kind: "job" },
      database: join(folder, "results.sqlite"),
      dataDir: folder,
      createdAt: "2026-11-28T00:00:00.000Z",
    } as const;
    const directory = JobDirectory.create(join(folder, "jobs", "a"), job, undefined);
    const taken: string[] = [];
    const takeIn = async (source: string) => {
      taken.push(source);
      return { isThere: true, rows: 0, maps: new Map() };
    };
    await using taking = new TakeIn({ takeIn } as unknown as ResultsDatabase);
    await taking.now(directory);
    expect(taken).toEqual([]);

    const calls = { done: 0, failed: 0, running: 0, waiting: 0, remembered: 0 };
    const at = { submission: 1, host: "n1", node: "n1", pid: 1, slurmJobId: 1, restarts: 0, startedAt: job.createdAt };
    directory.writeHead({ ...at, calls });
    const ended = taking.now(directory);
    setTimeout(() => writeFileSync(directory.database, "", { mode: 0o600 }), 300);
    await ended;
    expect(taken).toEqual([directory.database]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
