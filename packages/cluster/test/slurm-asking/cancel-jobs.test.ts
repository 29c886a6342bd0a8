import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { cancelJobs } from "../../src/slurm/index.ts";
import { FakeSlurm, identity } from "./fake-slurm.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Its result, when time has passed as it needs. */
async function afterAll<A>(result: Promise<A>): Promise<A> {
  const settled = Promise.allSettled([result]);
  await vi.advanceTimersByTimeAsync(600_000);
  await settled;
  return result;
}

describe("jobs that are cancelled", () => {
  test("are cancelled by few calls with many ids, and gone when Slurm says so", async () => {
    const slurm = new FakeSlurm();
    slurm.jobs = Array.from({ length: 650 }, (_, i) => ({ id: i + 1, name: `job ${i}`, state: "PENDING" }));
    slurm.onCancel = (ids) => {
      slurm.jobs = slurm.jobs.map((job) => (ids.includes(job.id) ? { ...job, state: "CANCELLED" } : job));
    };
    const jobs = slurm.jobs.map(({ id, name }) => identity(id, name));
    expect(await afterAll(cancelJobs(jobs, { ask: slurm.ask }))).toEqual({ gone: jobs, left: [] });
    expect(slurm.asked.filter(([command]) => command === "scancel").map(({ length }) => length - 1)).toEqual([
      300, 300, 50,
    ]);
    expect(slurm.count("squeue")).toBe(2);
  });

  test("are never a stranger's: an id with another name is not ours", async () => {
    const slurm = new FakeSlurm();
    slurm.jobs = [{ id: 1, name: "another's", state: "RUNNING" }];
    expect(await afterAll(cancelJobs([identity(1, "ours"), identity(2, "gone")], { ask: slurm.ask }))).toMatchObject({
      gone: [{ jobId: 1 }, { jobId: 2 }],
      left: [],
    });
    expect(slurm.count("scancel")).toBe(0);
  });

  test("are cancelled again where they are still there, but not while they end, and told where they stay", async () => {
    const slurm = new FakeSlurm();
    slurm.jobs = [
      { id: 1, name: "a", state: "RUNNING" },
      { id: 2, name: "b", state: "COMPLETING" },
    ];
    const result = await afterAll(
      cancelJobs([identity(1, "a"), identity(2, "b")], { ask: slurm.ask, timeLimitMs: 60_000 }),
    );
    expect(result).toEqual({
      gone: [],
      left: [
        { ...identity(1, "a"), state: "RUNNING" },
        { ...identity(2, "b"), state: "COMPLETING" },
      ],
    });
    const cancelled = slurm.asked.filter(([command]) => command === "scancel");
    expect(cancelled.length).toBeGreaterThan(2);
    expect(new Set(cancelled.map((argv) => argv.join(" ")))).toEqual(new Set(["scancel 1"]));
  });

  test("are left where Slurm does not answer, and cancelled once it does", async () => {
    const slurm = new FakeSlurm();
    slurm.away = true;
    expect(await afterAll(cancelJobs([identity(1, "a")], { ask: slurm.ask, timeLimitMs: 10_000 }))).toMatchObject({
      gone: [],
      left: [{ jobId: 1, state: undefined }],
    });
    slurm.jobs = [{ id: 1, name: "a", state: "RUNNING" }];
    slurm.onCancel = () => void (slurm.jobs = []);
    setTimeout(() => void (slurm.away = false), 30_000);
    expect(await afterAll(cancelJobs([identity(1, "a")], { ask: slurm.ask }))).toMatchObject({ left: [] });
  });

  test("are not waited for any longer after an abort", async () => {
    const slurm = new FakeSlurm();
    slurm.jobs = [{ id: 1, name: "a", state: "RUNNING" }];
    const enough = new AbortController();
    setTimeout(() => enough.abort(new Error("enough")), 5_000);
    await expect(afterAll(cancelJobs([identity(1, "a")], { ask: slurm.ask, signal: enough.signal }))).rejects.toThrow(
      "enough",
    );
  });
});
