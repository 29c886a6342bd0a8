/** What follows from jobs that fail before they begin. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ProgramId } from "@hyperion-ts/job";
import { parseSlurmJobId } from "@hyperion-ts/slurm-env";
import { afterEach, beforeEach, expect, test } from "vitest";
import { JobDirectory } from "../../src/directory/job-directory.ts";
import { JobStarts } from "../../src/program/job-starts.ts";
import { startOf } from "../../src/program/start-records.ts";
import { ClusterPartitions } from "../../src/sbatch/partition-limits.ts";
import type { SbatchOptions } from "../../src/sbatch/sbatch-options.ts";
import { askJobEnd } from "../../src/slurm/index.ts";
import { FakeSlurm } from "../slurm-asking/fake-slurm.ts";

const CREATED = "2026-11-28T00:00:00.000Z";
let folder: string;
let told: string[];
let starts: JobStarts;
let jobs: number;

/** The next run of the program. */
const run = (nodes = 3): JobStarts => {
  const stdout = `PartitionName=main Default=YES TotalNodes=${nodes}\n`;
  const partitions = new ClusterPartitions(async () => ({ code: 0, stdout, stderr: "" }));
  return new JobStarts({ partitions, tell: (kind) => void told.push(kind) });
};

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "hyperion-starts-"));
  [told, jobs, starts] = [[], 0, run()];
});
afterEach(() => rmSync(folder, { recursive: true }));

/** The directory of a job that was submitted. */
function submitted(options: SbatchOptions = {}): JobDirectory {
  const [name, dataDir, database] = ["test/job", folder, join(folder, "results.sqlite")];
  const record = { layout: 1, id: `run-${jobs}`, name, call: { kind: "job" }, database, dataDir } as const;
  const directory = JobDirectory.create(
    join(folder, "jobs", `${jobs++}`),
    { ...record, createdAt: CREATED },
    undefined,
  );
  const snapshot = { file: "snapshot", hash: "hash" };
  directory.add({ slurmName: "run-1", programId: "run" as ProgramId, submittedAt: CREATED, options, snapshot });
  return directory;
}

/** A job fails before its head has reported. */
async function fails(nodes: string, state: { readonly options?: SbatchOptions; readonly isOfThePast?: boolean } = {}) {
  const slurm = new FakeSlurm();
  const jobId = parseSlurmJobId(100 + jobs);
  slurm.jobs = [{ id: jobId, name: "run-1", state: "FAILED", exit: "3:0", nodes }];
  const end = await askJobEnd(jobId, "run-1", { ask: slurm.ask });
  const settled = { kind: "ended", end, wasThere: state.isOfThePast !== true } as const;
  await starts.ended(submitted(state.options), { number: 1, jobId }, settled);
}

/** A head reports. */
function begins(node: string): void {
  const calls = { done: 0, failed: 0, running: 0, waiting: 0, remembered: 0 };
  const startedAt = new Date().toISOString();
  const at = { submission: 1, host: node, node, pid: 1, slurmJobId: jobs, restarts: 0, startedAt, calls };
  starts.begun(submitted(), 1, at);
}

const isStopped = (): boolean => starts.stopOf(startOf("test/job", "hash", {})).aborted;
const excluded = async (options: SbatchOptions = {}) => (await starts.withoutBrokenNodes(submitted(), options)).exclude;

test("the same failure on two nodes in a row stops the submissions of this run; a head that reports between does not let it", async () => {
  await fails("n1");
  begins("n3");
  await fails("n2");
  expect([isStopped(), told]).toEqual([false, []]);
  await fails("n1");
  expect([isStopped(), told]).toEqual([true, ["stopped"]]);
  const { reason } = starts.stopOf(startOf("test/job", "hash", {}));
  expect(reason).toMatchObject({ name: "NotSubmittedError", cause: { name: "JobError", site: { jobId: 102 } } });
  expect(reason.message).toMatch(/Slurm jobs 102 and 103 failed in the same way.*exit code 3 on n2/s);
  starts = run();
  expect(isStopped()).toBe(false);
});

test("two on one node leave that node out, in the next run too; the same on another one is no node's fault", async () => {
  await fails("n1");
  expect(await excluded()).toBeUndefined();
  await fails("n1");
  expect([isStopped(), told, await excluded({ exclude: ["n9"] })]).toEqual([false, ["node"], ["n9", "n1"]]);
  starts = run();
  expect(await excluded()).toEqual(["n1"]);
  expect(told).toEqual(["node", "node"]);
  await fails("n2");
  expect(await excluded()).toBeUndefined();
});

test("a node that is asked for by name, or that there is no other in place of, is not left out: the failure stops the rest", async () => {
  for (const options of [{ nodelist: ["n[1-2]"] }, { nodes: 3 }]) {
    [starts, told] = [run(), []];
    rmSync(join(folder, "jobs", "starts.json"), { force: true });
    await fails("n1", { options });
    await fails("n1", { options });
    expect([isStopped(), told]).toEqual([true, ["stopped"]]);
    expect(await excluded(options)).toBeUndefined();
  }
});

test("what had failed before this run says something of its node alone", async () => {
  await fails("n1", { isOfThePast: true });
  await fails("n2", { isOfThePast: true });
  await fails("n2");
  expect(isStopped()).toBe(false);
});
