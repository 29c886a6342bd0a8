import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type JobView, SlurmWatch, type WatchNotice } from "../../src/slurm/index.ts";
import { FakeSlurm, identity } from "./fake-slurm.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const pass = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);

function world(options: { readonly longestMs?: number } = {}) {
  const slurm = new FakeSlurm();
  const notices: WatchNotice[] = [];
  const watch = new SlurmWatch({ ...options, ask: slurm.ask, onNotice: (notice) => void notices.push(notice) });
  function follow(id: number, name: string) {
    const job = watch.watch(identity(id, name));
    const views: JobView[] = [];
    job.onChange(({ view }) => void views.push(view));
    return { job, views };
  }
  return { slurm, notices, watch, follow };
}

describe("Slurm is asked seldom", () => {
  test("first after 2 s, then with growing pauses up to 30 s, for all jobs at once", async () => {
    const { slurm, watch, follow } = world();
    for (let id = 1; id <= 100; id += 1) {
      slurm.jobs.push({ id, name: `job ${id}`, state: "RUNNING" });
      follow(id, `job ${id}`);
    }
    await pass(1_999);
    expect(slurm.asked).toEqual([]);
    await pass(1);
    expect(slurm.count("squeue")).toBe(1);
    await pass(118_000);
    expect(slurm.count("squeue")).toBe(8);
    await pass(3_600_000);
    expect(slurm.count("squeue")).toBe(128);
    expect(slurm.asked).toHaveLength(128);
    await watch[Symbol.asyncDispose]();
    await pass(3_600_000);
    expect(slurm.asked).toHaveLength(128);
  });

  test("and not at all while nothing is watched, all has ended, or links tell everything", async () => {
    const { slurm, watch, follow } = world();
    await pass(100_000);
    slurm.jobs = [
      { id: 1, name: "a", state: "RUNNING" },
      { id: 2, name: "b", state: "COMPLETED" },
    ];
    const { job } = follow(1, "a");
    follow(2, "b");
    job.byLink = true;
    await pass(2_000);
    expect(slurm.count("squeue")).toBe(1);
    await pass(1_000_000);
    expect(slurm.count("squeue")).toBe(1);
    job.byLink = false;
    await pass(2_000);
    expect(slurm.count("squeue")).toBe(2);
    job[Symbol.dispose]();
    await pass(1_000_000);
    expect(slurm.count("squeue")).toBe(2);
    await watch[Symbol.asyncDispose]();
  });

  test("soon after a submission or a lost link, also while an answer is awaited, and never later for that", async () => {
    const { slurm, watch, follow } = world({ longestMs: 300_000 });
    slurm.jobs.push({ id: 1, name: "a", state: "RUNNING" });
    follow(1, "a");
    await pass(1_000_000);
    const before = slurm.count("squeue");
    watch.askSoon();
    await pass(1_000);
    watch.askSoon();
    await pass(1_000);
    expect(slurm.count("squeue")).toBe(before + 1);
    slurm.delay = async () => {
      watch.askSoon();
    };
    await pass(3_000);
    slurm.delay = async () => undefined;
    await pass(2_000);
    expect(slurm.count("squeue")).toBe(before + 3);
    await watch[Symbol.asyncDispose]();
  });

  test("sooner for what is left open, but not for ever", async () => {
    const { slurm, watch, follow } = world();
    slurm.jobs.push({ id: 1, name: "a", state: "RUNNING" });
    follow(1, "a");
    await pass(300_000);
    slurm.jobs = [{ id: 1, name: "a", state: "PENDING", reason: "JobHeldUser" }];
    await pass(5_000);
    const before = slurm.count("squeue");
    await pass(4_000);
    expect(slurm.count("squeue")).toBe(before + 1);
    // Its end can't be read.
    slurm.jobs = [{ id: 1, name: "a", state: "FAILED", nodes: "n[1-" }];
    await pass(60_000);
    const open = slurm.count("squeue");
    await pass(340_000);
    expect(slurm.count("squeue")).toBe(open + 20);
    await watch[Symbol.asyncDispose]();
  });

  test("half as often where it answers slowly or not at all", async () => {
    const { slurm, watch, follow, notices } = world();
    slurm.jobs.push({ id: 1, name: "a", state: "RUNNING" });
    follow(1, "a");
    await pass(300_000);
    slurm.away = true;
    await pass(60_000);
    const before = slurm.count("squeue");
    await pass(600_000);
    expect(slurm.count("squeue")).toBe(before + 10);
    expect(notices).toMatchObject([{ kind: "no-answer", message: expect.stringContaining("scontrol ping") }]);
    slurm.away = false;
    await pass(60_000);
    expect(notices).toHaveLength(2);
    slurm.delay = () => new Promise((resolve) => void setTimeout(resolve, 6_000));
    await pass(60_000);
    const slow = slurm.count("squeue");
    await pass(660_000);
    expect(slurm.count("squeue")).toBe(slow + 10);
    await watch[Symbol.asyncDispose]();
  });
});

describe("what Slurm says is believed with care", () => {
  test("a new reason counts when it was seen twice", async () => {
    const { slurm, watch, follow } = world();
    const shown = { id: 1, name: "a", state: "PENDING", reason: "Priority" };
    slurm.jobs.push(shown);
    const { views, job } = follow(1, "a");
    await pass(2_000);
    expect(views).toMatchObject([{ state: "PENDING", reason: undefined }]);
    await pass(3_000);
    expect(views.at(-1)).toMatchObject({ reason: "Priority" });
    shown.reason = "None";
    await pass(4_500);
    shown.reason = "Priority";
    await pass(60_000);
    expect(views).toHaveLength(2);
    shown.reason = "JobHeldUser";
    await pass(34_000);
    expect(views.at(-1)).toMatchObject({ reason: "JobHeldUser", meaning: { change: "person" } });
    expect(views).toHaveLength(3);
    expect(job.ageMs).toBeLessThanOrEqual(30_000);
    await watch[Symbol.asyncDispose]();
  });

  test("a job that is not in an answer is only a question; two, and it is asked for", async () => {
    const { slurm, watch, follow } = world();
    const shown = { id: 1, name: "a", state: "RUNNING", nodes: "n1" };
    slurm.jobs = [shown];
    const { views } = follow(1, "a");
    await pass(2_000);
    slurm.jobs = [{ ...shown, name: "a stranger's" }];
    slurm.hidden = [];
    await pass(3_000);
    expect(slurm.count("scontrol")).toBe(0);
    slurm.jobs = [];
    slurm.hidden = [shown];
    await pass(4_000);
    expect(slurm.count("scontrol")).toBe(1);
    expect(views).toMatchObject([{ state: "RUNNING" }]);
    slurm.hidden = [];
    await pass(60_000);
    expect(views).toMatchObject([{ state: "RUNNING" }, { kind: "ended", end: { kind: "forgotten" } }]);
    await watch[Symbol.asyncDispose]();
  });

  test("no answer is no end: what is known grows old, and goes on", async () => {
    const { slurm, watch, follow, notices } = world();
    slurm.jobs = [{ id: 1, name: "a", state: "RUNNING" }];
    const { views, job } = follow(1, "a");
    await pass(2_000);
    slurm.away = true;
    await pass(3_600_000);
    expect(views).toHaveLength(1);
    expect([job.ageMs, watch.ageMs]).toEqual([3_600_000, 3_600_000]);
    slurm.away = false;
    slurm.jobs = [{ id: 1, name: "a", state: "FAILED", exit: "3:0", nodes: "n1" }];
    await pass(60_000);
    expect(views.at(-1)).toMatchObject({ kind: "ended", end: { kind: "failed", exitCode: 3, nodes: ["n1"] } });
    expect(notices.map(({ kind }) => kind)).toEqual(["no-answer", "answers-again"]);
    await watch[Symbol.asyncDispose]();
  });

  test("one that is put back into the queue is known by that, whenever it is seen again", async () => {
    const { slurm, watch, follow } = world();
    slurm.jobs = [{ id: 1, name: "a", state: "RUNNING", submitted: "2026-11-28T19:05:47" }];
    const { views } = follow(1, "a");
    await pass(2_000);
    slurm.jobs = [{ id: 1, name: "a", state: "RUNNING", submitted: "2026-11-28T19:06:16" }];
    await pass(60_000);
    expect(views.at(-1)).toMatchObject({ state: "RUNNING", restarts: 1 });
    await watch[Symbol.asyncDispose]();
  });

  test("one whose script's node was taken out of it runs for Slurm only", async () => {
    const { slurm, watch, follow } = world();
    slurm.jobs = [{ id: 1, name: "a", state: "RUNNING", nodes: "n[1-2]", host: "n1" }];
    const { views } = follow(1, "a");
    await pass(2_000);
    expect(views).toMatchObject([{ abandoned: false, meaning: { change: "by-itself" } }]);
    slurm.jobs = [{ id: 1, name: "a", state: "RUNNING", nodes: "n2", host: "n1" }];
    await pass(60_000);
    expect(views.slice(1)).toMatchObject([{ abandoned: true, meaning: { change: "person" } }]);
    await watch[Symbol.asyncDispose]();
  });

  test("one that is watched while an answer is on its way is not missed in it", async () => {
    const { slurm, watch, follow } = world();
    follow(1, "a");
    slurm.delay = () => new Promise((resolve) => void setTimeout(resolve, 1_000));
    await pass(2_500);
    const late = follow(2, "b");
    await pass(500);
    expect(late.job.view).toEqual({ kind: "not-seen" });
    expect(slurm.count("scontrol")).toBe(0);
    await watch[Symbol.asyncDispose]();
  });

  test("a listener that throws stops nobody else", async () => {
    const { slurm, watch, follow } = world();
    slurm.jobs = [{ id: 1, name: "a", state: "RUNNING" }];
    const thrown = vi.fn<(error: Error) => void>();
    const others = process.listeners("uncaughtException");
    process.removeAllListeners("uncaughtException").once("uncaughtException", thrown);
    const job = watch.watch(identity(1, "a"));
    job.onChange(() => {
      throw new Error("mine");
    });
    const { views } = follow(1, "a");
    await pass(2_000);
    vi.useRealTimers();
    await vi.waitFor(() => expect(thrown).toHaveBeenCalledOnce());
    for (const listener of others) process.on("uncaughtException", listener);
    expect(views).toHaveLength(1);
    await watch[Symbol.asyncDispose]();
  });
});

test("options that can't be are refused", () => {
  expect(() => new SlurmWatch({ firstMs: 0 })).toThrow(/SlurmWatch: firstMs/);
  expect(() => new SlurmWatch({ longestMs: Infinity })).toThrow(/longestMs/);
});
