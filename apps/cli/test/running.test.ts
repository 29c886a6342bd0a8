/** A program that runs, asked from another process. */
import type { CallList, CallReport, FailureReport, RunReport } from "@hyperion-ts/control";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { SlowCall } from "../src/slowest-calls.ts";
import { asked, hyperion, json, TestFolder, WaitingProgram } from "./world.ts";

const CALLS = 10_000;

describe("a run of ten thousand calls, of which two run and the others wait,", () => {
  const folder = new TestFolder();
  const dir = folder.path;
  let program: WaitingProgram;

  beforeAll(async () => {
    program = new WaitingProgram(dir, CALLS);
    await program.found();
    // The first call has failed, two run, and the counts of that are told.
    await program.until(async () => {
      const { functions, failures } = await json<RunReport>("status", dir);
      return failures === 1 && functions[0]?.running === 2 ? true : undefined;
    });
  });

  afterAll(async () => {
    await program[Symbol.asyncDispose]();
    folder[Symbol.dispose]();
  });

  test("tells how far it is", async () => {
    const report = await json<RunReport>("status", dir);
    expect(report).toMatchObject({
      toldBy: "program",
      phase: { kind: "running" },
      run: { pid: program.child.pid, database: `${dir}/results.sqlite` },
      nodes: [{ cpus: 2 }],
      workers: { living: 2 },
      failures: 1,
      functions: [{ name: "test/waiting", running: 2, done: 0, failed: 1, waiting: CALLS - 3 }],
    });
    const { out } = await hyperion("status", dir);
    expect(out).toContain("test/waiting  0/10,000  2 running");
    expect(out).toContain("RangeError: 0 is refused");
    for (const line of out.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
  });

  test("is listed, also by its id alone", async () => {
    const { id } = await program.found();
    const here = await json<readonly RunReport[]>("ps");
    expect(here.map(({ run }) => run.id)).toContain(id);
    expect((await json<RunReport>("status", "--run", id)).run.id).toBe(id);
    expect((await hyperion("ps", dir)).out).toMatch(new RegExp(`^${id} +running .*waiting\\.ts`, "m"));
  });

  test("tells of each call that waits what it waits for", async () => {
    const { calls, total } = await json<CallList>("tasks", "--dir", dir, "--most", String(CALLS));
    expect(total).toBe(CALLS - 1);
    expect(calls).toHaveLength(total);
    const running = calls.filter(({ stage }) => stage === "running");
    expect(calls.slice(0, 2)).toEqual(running);
    for (const call of running) expect(call).toMatchObject({ waiting: null, node: expect.any(String), attempt: 1 });
    expect(running.map(({ input }) => input)).toEqual(expect.arrayContaining([expect.stringContaining("n: 1,")]));
    for (const call of calls.slice(2)) expect(call.waiting?.text).toMatch(/^(?:no node has|it is first in line)/);
    // In the order in which they will begin.
    const ids = calls.slice(2).map(({ id }) => Number(id));
    expect(ids).toEqual(ids.toSorted((a, b) => a - b));
    const { out, err } = await hyperion("tasks", "--dir", dir, "--waiting", "--most", "3");
    expect(out.split("\n")).toHaveLength(5);
    expect(err).toContain("3 of 9,999 open calls");
  });

  test("explains calls and failures, and names the ids that there are for one that there is not", async () => {
    const { calls } = await json<CallList>("tasks", "--dir", dir, "--most", "3");
    const { out } = await hyperion("explain", calls[2]?.id ?? "", "--dir", dir);
    expect(out).toMatch(/waiting for .*\n {2}why .*first in line.*\n {2}until .*\n {2}asks {4}1 CPU/);
    expect((await hyperion("explain", "f1", "--dir", dir)).out).toContain("RangeError: 0 is refused");
    const unknown = await hyperion("explain", "f11", "--dir", dir);
    expect(unknown).toMatchObject({ code: 3, out: "" });
    expect(unknown.err).toContain("There are: f1, ");
  });

  test("lists the calls that took longest, those that run and those that have ended", async () => {
    const slowest = await json<readonly SlowCall[]>("tasks", "--slowest", "--dir", dir);
    expect(slowest).toMatchObject([
      { outcome: "running", at: null, functionName: "test/waiting", attempt: 1 },
      { outcome: "running", at: null },
      { id: "1", outcome: "failed", at: expect.any(String), input: expect.stringContaining("n: 0") },
    ]);
    expect(slowest.map(({ seconds }) => seconds)).toEqual(
      slowest.map(({ seconds }) => seconds).toSorted((a, b) => b - a),
    );
    expect((await hyperion("tasks", "--slowest", "--most", "1", "--dir", dir)).out).toMatch(/RAN.*\n.*running/);
  });

  test("shows what is stored while it runs, and its logs", async () => {
    const place = ["--dir", dir];
    const maps = [{ name: "values", results: 1, newestAt: expect.any(String) }];
    expect(await json("results", ...place)).toEqual(maps);
    const { control } = await program.found();
    expect(await asked(control?.socket ?? "", "/results")).toEqual({ database: `${dir}/results.sqlite`, maps });
    expect(await json("results", "values", "--where", "n=-1", ...place)).toEqual([
      { key: { file: `${dir}/go`, n: -1 }, value: -1 },
    ]);
    expect(await json("results", "values", "--where", "n=2", ...place)).toEqual([]);
    expect(await hyperion("results", "value", ...place)).toMatchObject({
      code: 3,
      err: expect.stringContaining("it has values"),
    });
    expect((await hyperion("logs", ...place)).out).toContain("RangeError: 0 is refused");
    expect((await hyperion("logs", "f1", ...place)).out).toContain("call of 0");
    const { calls } = await json<CallList>("tasks", "--running", ...place);
    expect((await hyperion("logs", calls[0]?.id ?? "", ...place)).out).toContain("call of");
  });

  test("gives up the calls that a person cancels, running and waiting, and ends when it is stopped", async () => {
    const { calls } = await json<CallList>("tasks", "--dir", dir, "--most", "4");
    const [running, , , waiting] = calls;
    for (const call of [running, waiting])
      expect((await json<CallReport>("cancel", call?.id ?? "", "--dir", dir)).stage).toBe(call?.stage);
    expect(await hyperion("cancel", waiting?.id ?? "", "--dir", dir)).toMatchObject({ code: 3 });
    const failures = await program.until(async () => {
      const found = await json<readonly FailureReport[]>("tasks", "--failed", "--dir", dir);
      return found.length === 3 ? found : undefined;
    });
    expect(failures.map(({ reason }) => reason)).toEqual(["threw", "cancelled", "cancelled"]);

    const log = hyperion("logs", "-f", "--dir", dir);
    expect(await hyperion("stop", "--wait", "--dir", dir)).toMatchObject({ code: 0 });
    await program.exited;
    expect((await log).out).toContain("Interrupted by hyperion stop");
    expect(await json<RunReport>("status", dir)).toMatchObject({
      toldBy: "log",
      phase: { kind: "ended" },
      failures: 3,
    });
    expect(await hyperion("tasks", "--dir", dir)).toMatchObject({ code: 4, err: expect.stringContaining("has ended") });
    expect(await hyperion("tasks", "--failed", "--dir", dir)).toMatchObject({ code: 0 });
    expect(await json("results", "values", "--dir", dir)).toHaveLength(1);
  });
});
