/** What Ctrl-C does on a terminal. */
import { describeOnTestbed } from "@hyperion-ts/testbed";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type OnTerminal, startOnTerminal } from "./on-terminal.ts";
import { ProgramCluster, type ProgramDir, untilSome } from "./program-cluster.ts";

const CTRL_C = "\u0003";
const HEADLINE = /^\w{5}  2 Slurm jobs, 2 nodes, 4 CPUs, 0\/4 calls +00:\d\d:\d\d$/m;
const QUESTION = "2 Slurm jobs wait or run. Press a key:";

const REQUEST = {
  jobs: [
    [1, 2],
    [3, 4],
  ],
  until: "go",
  sbatch: { nTasksPerNode: 2 },
};

describeOnTestbed(describe)("Ctrl-C, on a terminal", () => {
  let cluster: ProgramCluster;
  beforeAll(async () => void (cluster = await ProgramCluster.open(2, { slurm: { KillWait: "2" } })));
  afterAll(() => cluster[Symbol.asyncDispose]());
  afterEach(async () => {
    // No head gets its grace.
    for (const how of [["--full", "--signal=KILL"], []])
      await cluster.testbed.run("login", ["scancel", "--me", ...how], { user: "alice" });
    await untilSome("empty queue", async () => (await cluster.openJobs()).length === 0);
  });

  /** Both jobs run, and the person is being asked. */
  async function asked(
    name: string,
    columns = 80,
  ): Promise<{ readonly dir: ProgramDir; readonly program: OnTerminal }> {
    const dir = await cluster.dir(name);
    const program = startOnTerminal(cluster.testbed, dir, REQUEST, { columns });
    await untilSome("call that runs", () => dir.noted("begun").length >= 4);
    await untilSome("headline with all of it", () => HEADLINE.test(program.screen()));
    program.press(CTRL_C);
    await untilSome("question", () => program.screen().includes(QUESTION));
    return { dir, program };
  }

  test("asks below the jobs, and d leaves them for the next run", async () => {
    const { dir, program } = await asked("leave");
    expect(program.screen()).toMatch(
      /2 Slurm jobs, 2 nodes, 4 CPUs[^]*▶ job \d+ [^]*▶ job \d+ [^]*\? 2 Slurm jobs wait or run\. Press a key:\n +d +they go on [^\n]*\n +Ctrl-C [^\n]*\n +other [^\n]*$/,
    );
    program.press("d");
    expect(await program.ended).toEqual({ code: 1, isRestored: true });
    expect(program.screen()).toMatch(
      /2 Slurm jobs go on; run the same command again to join them\n +scancel \d+ \d+ ends/,
    );
    expect(program.screen()).not.toContain("Press a key");
    expect(dir.outcome).toMatchObject({
      name: "InterruptedError",
      message: expect.stringMatching(/^Interrupted by SIGINT: 2 Slurm jobs go on \(\d+, \d+\); run the same command/),
    });
    expect((await cluster.openJobs()).length).toBe(2);
    dir.make("go");
    expect(await dir.run(REQUEST)).toMatchObject({ code: 0, outcome: { kind: "done" } });
    expect(dir.noted("begun").toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4]);
  });

  test("cancels all jobs when it is pressed again", async () => {
    const { dir, program } = await asked("cancel", 200);
    program.press(CTRL_C);
    expect(await program.ended).toEqual({ code: 1, isRestored: true });
    expect(dir.outcome).toMatchObject({ name: "CancelledByPersonError" });
    expect(program.screen()).toMatch(/no Slurm job is open[^]*■ job \d+ [^]*■ job \d+ [^]*\nfailed after/);
    await untilSome("empty queue", async () => (await cluster.openJobs()).length === 0);
  });

  test("changes nothing when another key is pressed, and asks again the next time", async () => {
    const { dir, program } = await asked("other");
    program.press("n");
    await untilSome("word that all goes on", () => program.screen().includes("All goes on"));
    expect(program.screen()).not.toContain(QUESTION);
    program.press(CTRL_C);
    await untilSome("second question", () => program.screen().includes(QUESTION));
    program.press("x");
    await untilSome("question that is gone", () => !program.screen().includes(QUESTION));
    dir.make("go");
    expect(await program.ended).toEqual({ code: 0, isRestored: true });
    expect(dir.outcome).toMatchObject({
      kind: "done",
      jobs: [
        [1, 4],
        [9, 16],
      ],
    });
  });

  test("leaves a terminal that works when the program ends while it asks", async () => {
    const { dir, program } = await asked("ends");
    dir.make("go");
    expect(await program.ended).toEqual({ code: 0, isRestored: true });
    expect(dir.outcome).toMatchObject({ kind: "done" });
  });

  test("sent to a program in the background, which could not read an answer, leaves the jobs", async () => {
    const dir = await cluster.dir("background");
    const program = startOnTerminal(cluster.testbed, dir, REQUEST, { where: "background" });
    await untilSome("call that runs", () => dir.noted("begun").length >= 4);
    const argv = ["pkill", "-INT", "-u", "alice", "-f", "^/opt/node/node .*squares-program"];
    await cluster.testbed.run("login", argv, { user: "alice" });
    expect(await program.ended).toEqual({ code: 1, isRestored: true });
    expect(program.screen()).not.toContain("Press a key");
    expect(dir.outcome).toMatchObject({ name: "InterruptedError" });
    expect((await cluster.openJobs()).length).toBe(2);
  });

  test("and SIGTERM while it asks leaves the jobs and a terminal that works", async () => {
    const { dir, program } = await asked("term");
    const argv = ["pkill", "-TERM", "-u", "alice", "-f", "^/opt/node/node .*squares-program"];
    await cluster.testbed.run("login", argv, { user: "alice" });
    expect(await program.ended).toEqual({ code: 1, isRestored: true });
    expect(dir.outcome).toMatchObject({ name: "InterruptedError" });
    expect((await cluster.openJobs()).length).toBe(2);
  });
});
