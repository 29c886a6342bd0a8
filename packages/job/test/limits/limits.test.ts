import { describe, expect, it, test, vi } from "vitest";
import { asUser, canLimit, eventsOf, run } from "./limited-program.ts";

vi.setConfig({ testTimeout: 120_000 });

describe("limits of processes and descriptors", () => {
  test.each([
    [
      "a cgroup's pids.max",
      { limits: { controller: "pids", files: { "pids.max": "60" } } },
      /the limit of 60 processes and threads \(.*pids\.max\) is reached/,
    ],
    [
      "a limit of open files",
      { before: ["prlimit", "--nofile=40"] },
      /the limit of 40 open files of the agent \(ulimit -n\) is reached/,
    ],
  ] as const)(
    "%s leaves room for some of the workers: all calls are done by these, in their first attempt, and it is said",
    async (_, how, reason) => {
      if ("limits" in how && !canLimit) return;
      const events = await run({ program: "many-workers.ts", args: ["12", "24"], ...how });
      expect(eventsOf(events, "done")).toMatchObject([{ calls: 24 }]);
      const [limited] = eventsOf(events, "node-limited");
      expect(limited?.reason).toMatch(reason);
      expect(limited?.workers).toBeGreaterThan(1);
      expect(limited?.workers).toBe(eventsOf(events, "worker-started").length);
      expect(
        events.filter(({ type }) => type === "node-lost" || type === "call-retried" || type === "worker-not-started"),
      ).toEqual([]);
    },
  );

  it.runIf(canLimit)("leave room for all workers: nothing is said", async () => {
    const events = await run({
      program: "many-workers.ts",
      args: ["3", "6"],
      limits: { controller: "pids", files: { "pids.max": "100" } },
    });
    expect(eventsOf(events, "done")).toMatchObject([{ calls: 6 }]);
    expect(eventsOf(events, "node-limited")).toEqual([]);
  });

  it.runIf(canLimit)("that are full of idle workers give room to a call that needs many CPUs", async () => {
    const events = await run({
      program: "narrow-then-wide.ts",
      args: [],
      limits: { controller: "pids", files: { "pids.max": "60" } },
    });
    expect(eventsOf(events, "node-limited").length).toBeGreaterThan(0);
    expect(eventsOf(events, "done")).toMatchObject([{ calls: 13 }]);
  });
});

describe.runIf(canLimit)("a limit of processes of an ordinary user", () => {
  it("leaves room for few workers: these make all calls", async () => {
    const events = await run({ program: "many-workers.ts", args: ["8", "16"], before: asUser(30) });
    expect(eventsOf(events, "done")).toMatchObject([{ calls: 16 }]);
    expect(eventsOf(events, "node-limited")[0]).toMatchObject({
      reason: "the limit of 30 processes and threads of this user (ulimit -u) is reached",
    });
    expect(events.filter(({ type }) => type === "worker-not-started" || type === "call-retried")).toEqual([]);
  });

  it("leaves no room for a worker: that is told by its name, and one that hangs in its start is not waited for", async () => {
    const events = await run({ program: "many-workers.ts", args: ["2", "6"], before: asUser(20) });
    expect(eventsOf(events, "done")).toMatchObject([{ calls: 0 }]);
    const message =
      "Could not start a worker on .+: the limit of 20 processes and threads of this user \\(ulimit -u\\) is reached(?: \\(log: .*\\))?";
    for (const { reason } of eventsOf(events, "worker-not-started")) expect(reason).toMatch(new RegExp(`^${message}$`));
    expect(eventsOf(events, "node-lost")).toMatchObject([
      { reason: expect.stringMatching(new RegExp(`^its workers do not start: ${message}$`)) },
    ]);
  });
});

describe.runIf(canLimit)("a limit of memory", () => {
  it("that not all workers fit into makes them fewer, and all calls are done", async () => {
    const events = await run({
      program: "many-workers.ts",
      args: ["12", "24"],
      limits: { controller: "memory", files: { "memory.limit_in_bytes": "280M" } },
    });
    expect(eventsOf(events, "done")).toMatchObject([{ calls: 24 }]);
    const limited = eventsOf(events, "node-limited");
    expect(limited.length).toBeGreaterThan(0);
    for (const { reason } of limited)
      expect(reason).toMatch(/^the limit of 280 MB of memory is reached \(.*memory\.limit_in_bytes\)$/);
    expect(limited.at(-1)?.workers).toBeLessThan(12);
  });

  const memory = { controller: "memory", files: { "memory.limit_in_bytes": "512M" } } as const;

  it("makes calls that reserve more than half of it run one after the other", async () => {
    const events = await run({ program: "hungry.ts", args: ["256", "300"], limits: memory });
    expect(eventsOf(events, "node-ready")).toMatchObject([
      {
        note: expect.stringMatching(
          /memory is limited to 512 MB \(.*memory\.limit_in_bytes\), of which \d+ MB are left/,
        ),
      },
    ]);
    const values = eventsOf(events, "done")[0]?.values ?? [];
    const [first, second] = values.toSorted(([a], [b]) => a - b);
    expect(values.length).toBe(2);
    expect(second?.[0]).toBeGreaterThanOrEqual(first?.[1] ?? Infinity);
    expect(eventsOf(events, "worker-ended").filter(({ how }) => how.includes("killed"))).toEqual([]);
  });

  it("leaves no two calls the whole of it: the program and its agent need memory, too", async () => {
    const events = await run({ program: "hungry.ts", args: ["200", "256"], limits: memory });
    expect(eventsOf(events, "call-retried")).toEqual([]);
    expect(eventsOf(events, "done")[0]?.values?.length).toBe(2);
  });

  it("that a call exceeds is named, with what to do; the program and its agent live on", async () => {
    const events = await run({ program: "hungry.ts", args: ["600"], limits: memory });
    const errors = eventsOf(events, "done")[0]?.errors ?? [];
    expect(errors.length).toBe(2);
    for (const error of errors)
      expect(error).toMatch(
        /the kernel killed the worker: the limit of 512 MB of memory is reached \(.*memory\.limit_in_bytes\)\. Reserve memory .* setTaskMemory.*--mem-per-cpu/,
      );
  });
});

it.runIf(canLimit)("a quota of CPU time below the number of CPUs makes the workers fewer, and is said", async () => {
  const events = await run({
    program: "many-workers.ts",
    args: ["all", "3"],
    limits: { controller: "cpu", files: { "cpu.cfs_period_us": "100000", "cpu.cfs_quota_us": "90000" } },
  });
  expect(eventsOf(events, "node-ready")).toMatchObject([
    {
      cpus: 1,
      note: expect.stringMatching(/a quota allows the time of 0\.9 CPUs \(.*cpu\.cfs_quota_us\), so 1 of \d+ are used/),
    },
  ]);
  expect(eventsOf(events, "done")).toMatchObject([{ calls: 3 }]);
});
