/** Runs that can't be asked: another user's, and those that were killed. */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type RunReport, runsIn } from "@hyperion-ts/control";
import { programInfo, runJobLocal } from "@hyperion-ts/job";
import { expect, test } from "vitest";
import { hyperion, json, TestFolder, WaitingProgram } from "./world.ts";

test.runIf(process.getuid?.() === 0)("another user is refused, by each command and by the socket itself", async () => {
  using folder = new TestFolder();
  await using program = new WaitingProgram(folder.path, 3);
  const { control } = await program.found();
  const stranger = join(import.meta.dirname, "programs/stranger.ts");
  const told = execFileSync(process.execPath, [stranger, folder.path, control?.socket ?? ""], { encoding: "utf8" });
  expect(JSON.parse(told)).toEqual({
    own: { status: 0, jobs: 0, tasks: 0, socket: "connected" },
    forgotten: [],
    stranger: { answered: [], socket: "EACCES" },
  });
});

test("a run that was killed is known for that, and its socket goes with the next run", async () => {
  using folder = new TestFolder();
  const dir = folder.path;
  let socket = "";
  {
    await using program = new WaitingProgram(dir, 3);
    socket = (await program.found()).control?.socket ?? "";
  }
  expect(existsSync(socket)).toBe(true);
  const report = await json<RunReport>("status", dir);
  expect(report).toMatchObject({ toldBy: "log", phase: { kind: "lost" }, nodes: [], workers: { living: 0 } });
  expect((await hyperion("status", dir)).out).toContain("killed: it was heard of last");
  expect((await hyperion("ps")).out).not.toContain(report.run.id);
  expect(await hyperion("stop", "--dir", dir)).toMatchObject({ code: 4, err: expect.stringContaining("was killed") });

  await using program = new WaitingProgram(dir, 3);
  await program.found();
  expect(existsSync(socket)).toBe(false);
  expect((await json<RunReport>("status", dir)).phase).toEqual({ kind: "running" });
  program.go();
  await program.exited;
  expect(await program.printed).toMatch(/0 is refused[\s\S]*done\n$/);
  expect((await json<RunReport>("status", dir)).phase).toEqual({ kind: "ended", outcome: "done" });
});

test("a run with the option `control: false` is not to be asked, and its log tells all the same", async () => {
  using folder = new TestFolder();
  const [silent, other] = [join(folder.path, "silent"), join(folder.path, "other")];
  const ended = new AbortController();
  const run = (dir: string, control: boolean): Promise<unknown> =>
    runJobLocal(programInfo(dir), ({ signal }) => sleep(3_600_000, undefined, { signal }), {
      inProcess: true,
      progress: "none",
      handleSignals: false,
      signal: ended.signal,
      control,
    }).catch(() => undefined);
  const runs = [run(silent, false), run(other, true)];
  // The one that began later can be asked by now.
  while (runsIn(other)[0]?.process !== "living") await sleep(20);
  expect(await json<RunReport>("status", silent)).toMatchObject({ toldBy: "log", phase: { kind: "running" } });
  expect((await hyperion("status", silent)).out).toContain("as its log has it");
  expect(await hyperion("stop", "--dir", silent)).toMatchObject({
    code: 4,
    err: expect.stringContaining("can't be asked"),
  });
  ended.abort(new Error("enough"));
  await Promise.all(runs);
});

test("where no program has run, there is none", async () => {
  using folder = new TestFolder();
  const { path } = folder;
  for (const args of [
    ["status", path],
    ["tasks", "--dir", path],
    ["results", "--dir", path],
  ])
    expect(await hyperion(...args)).toMatchObject({ code: 3, err: expect.stringContaining("No program has run in") });
  expect(await hyperion("status", join(path, "missing"))).toMatchObject({
    code: 3,
    err: expect.stringContaining("no directory"),
  });
});
