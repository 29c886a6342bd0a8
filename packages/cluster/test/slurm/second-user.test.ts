/** Another user of the same machines, who reads and writes wherever that is allowed. */
import { chmodSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { CallList, ControlFile, RunReport, UsageReport, WorkerUsage } from "@hyperion-ts/control";
import { describeOnTestbed } from "@hyperion-ts/testbed";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ProgramCluster, untilSome } from "./program-cluster.ts";

describeOnTestbed(describe)("another user", () => {
  let cluster: ProgramCluster;
  beforeAll(async () => void (cluster = await ProgramCluster.open(3)));
  afterAll(() => cluster[Symbol.asyncDispose]());

  const asBob = async (...argv: readonly string[]) => await cluster.testbed.run("login", argv, { user: "bob" });

  test.concurrent("reads nothing of a job, and plants nothing in its folder", async () => {
    const dir = await cluster.dir("private");
    const running = dir.start({ jobs: [[1]], until: "go" });
    await untilSome("call that has begun", () => dir.noted("begun").length === 1);
    const jobs = `${dir.inCluster}/jobs`;
    const [folder] = dir.jobFolders;
    expect(folder).toBeDefined();
    for (const name of [
      "",
      "job.json",
      "input",
      "submissions.json",
      "head.json",
      "results.sqlite",
      "output",
      "outcome",
    ]) {
      const path = `${jobs}/${folder}/${name}`;
      expect([path, (await asBob("ls", path)).exitCode, (await asBob("cat", path)).exitCode]).toEqual([path, 2, 1]);
      expect((await asBob("sh", "-c", 'echo planted > "$0"', path)).exitCode).not.toBe(0);
    }
    expect((await asBob("mv", jobs, `${jobs}-of-bob`)).exitCode).not.toBe(0);
    expect((await asBob("sh", "-c", `cat ${dir.inCluster}/data/snapshots/*`)).exitCode).not.toBe(0);
    dir.make("go");
    const { printed } = await running.ended;
    expect(dir.outcome, printed).toMatchObject({ kind: "done" });
  });

  test.concurrent("may not ask a program, whose own user sees its job, and on the job's node its calls", async () => {
    const dir = await cluster.dir("asked");
    const request = { jobs: [[7, 8]], until: "go", sbatch: { nodes: 2, nTasksPerNode: 1 } };
    const running = dir.start(request);
    await untilSome("call on each node", () => dir.noted("begun").length === 2);
    const job = await running.job();
    const ask = async (node: string, by: string, ...args: readonly string[]) =>
      await cluster.testbed.run(node, ["/opt/node/node", "/srv/checkout/apps/cli/src/main.ts", ...args], { user: by });
    const answer = async <A>(node: string, ...args: readonly string[]): Promise<A> => {
      const { exitCode, stdout, stderr } = await ask(node, "alice", ...args, "--json");
      if (exitCode !== 0) throw new Error(`${args.join(" ")} on ${node}: ${stderr}`);
      return JSON.parse(stdout) as A;
    };

    const report = await answer<RunReport>("login", "status", dir.inCluster);
    expect(report).toMatchObject({
      toldBy: "program",
      slurmJobs: [{ jobId: Number(job), name: "test/squares", state: "running" }],
    });
    expect(await answer("login", "explain", job, "--dir", dir.inCluster)).toMatchObject({ kind: "job" });

    const nodes = report.slurmJobs[0]?.nodes ?? [];
    const [node = ""] = nodes;
    const here = await answer<readonly RunReport[]>(node, "ps");
    const head = here.find(({ run: { logDir } }) => logDir.startsWith(`${dir.inCluster}/jobs/`));
    expect(head).toMatchObject({ toldBy: "program", functions: [{ name: "test/square", running: 2 }] });
    const headDir = dirname(head?.run.logDir ?? "");
    const calls = await answer<CallList>(node, "tasks", "--dir", headDir);
    expect(calls).toMatchObject({ total: 2, calls: [{ stage: "running" }, { stage: "running" }] });
    for (const x of [7, 8]) expect(calls.calls.filter(({ input }) => input?.includes(`x: ${x}`))).toHaveLength(1);
    // The workers of both nodes, each asked of the agent there.
    const usage = await answer<
      UsageReport & { readonly workers: readonly (WorkerUsage & { readonly node: string })[] }
    >(node, "top", headDir);
    expect(usage.silent).toEqual([]);
    expect(usage.workers.map((worker) => worker.node).toSorted()).toEqual([...nodes].toSorted());
    for (const { functionName, memoryMb, cpuSeconds } of usage.workers) {
      expect(functionName).toBe("test/square");
      expect(memoryMb).toBeGreaterThan(10);
      expect(cpuSeconds).toBeGreaterThan(0);
    }
    expect(await ask("login", "alice", "top", dir.inCluster, "--once")).toMatchObject({
      exitCode: 3,
      stderr: expect.stringContaining("has no workers of its own"),
    });

    for (const args of [
      ["status", dir.inCluster],
      ["stop", "--dir", dir.inCluster],
    ])
      expect(await ask("login", "bob", ...args)).toMatchObject({
        exitCode: 5,
        stderr: expect.stringContaining("another user's"),
      });
    const file = join(report.run.logDir.replace(dir.inCluster, dir.path), "control.json");
    const { socket } = JSON.parse(readFileSync(file, "utf8")) as ControlFile;
    const knock = 'require("node:net").connect(process.argv[1]).on("error", ({ code }) => console.log(code))';
    const knocked = await asBob("/opt/node/node", "-e", knock, socket);
    expect(knocked.stdout).toBe("EACCES\n");

    expect(await answer("login", "stop", "--dir", dir.inCluster, "--wait")).toEqual({
      run: report.run.id,
      goesOn: expect.stringContaining(`1 Slurm job goes on (${job})`),
    });
    await running.ended;
    expect(dir.outcome).toMatchObject({
      name: "InterruptedError",
      message: expect.stringMatching(/^Interrupted by hyperion stop: 1 Slurm job goes on/),
    });
    dir.make("go");
    const { outcome, printed } = await dir.run(request);
    expect(outcome, printed).toMatchObject({ kind: "done", jobs: [[49, 64]] });
  });

  test.concurrent("can't have the folder of jobs made by themself", async () => {
    const dir = await cluster.dir("planted");
    chmodSync(dir.path, 0o1777);
    await asBob("mkdir", "-m", "777", `${dir.inCluster}/jobs`);
    const { outcome, printed } = await dir.run({ jobs: [[1]] });
    expect(outcome, printed).toMatchObject({
      kind: "failed",
      name: "NotOursError",
      message: expect.stringMatching(/jobs belongs to user \d+\. Remove it if you did not make it/),
    });
    expect(printed).not.toContain("Slurm job");
  });

  test.concurrent("who may write to the program's folder, finds no folder of jobs there", async () => {
    const dir = await cluster.dir("shared");
    chmodSync(dir.path, 0o777);
    const request = { jobs: [[1]], until: "go" };
    const running = dir.start(request);
    await running.says(
      /\/srv\/runs\/shared can be changed by others.*\/home\/alice\/\.local\/state\/hyperion-ts\/shared-\w+\/jobs is used/s,
    );
    const job = await running.job();
    running.child.kill("SIGKILL");
    await running.ended;
    dir.make("go");
    // The same folder is found when the program is started again.
    const { outcome, printed } = await dir.run(request);
    expect(outcome, printed).toMatchObject({ kind: "done", jobs: [[1]] });
    expect(printed).toMatch(new RegExp(`Slurm job ${job} .*(?:is there already|had ended before this run)`));
    expect(dir.jobFolders).toEqual([]);
  });
});
