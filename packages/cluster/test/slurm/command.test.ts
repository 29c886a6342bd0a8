/** The command `hyperion` and the Slurm jobs of a run: they are listed, explained, read and ended. */
import type { CallList, RunReport, SlurmJobReport } from "@hyperion-ts/control";
import { describeOnTestbed } from "@hyperion-ts/testbed";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { ProgramCluster, type ProgramDir, type Running, untilSome } from "./program-cluster.ts";

/** Slurm is asked often. */
const options = { longestPauseMs: 1_000 };

/** A program with one job, which Slurm has. */
interface Started {
  readonly dir: ProgramDir;
  readonly running: Running;
  readonly id: string;
}

describeOnTestbed(describe)("the command hyperion", () => {
  let cluster: ProgramCluster;
  beforeAll(async () => {
    const partitions = [{ name: "main" }, { name: "short", slurm: { MaxNodes: "1" } }];
    cluster = await ProgramCluster.open(2, {
      slurm: { KillWait: "2", SchedulerParameters: "bf_interval=2" },
      partitions,
    });
  });
  afterAll(() => cluster[Symbol.asyncDispose]());
  // Also where a test has failed.
  afterEach(async () => {
    await cluster.testbed.run("login", ["scancel", "--me"], { user: "alice" });
    await cluster.untilNoJob();
  });

  const hyperion = async (...args: readonly string[]) =>
    await cluster.testbed.run("login", ["/opt/node/node", "/srv/checkout/apps/cli/src/main.ts", ...args], {
      user: "alice",
      // It is started again and again.
      env: { NODE_COMPILE_CACHE: "/srv/runs/compile-cache" },
    });

  async function said(...args: readonly string[]): Promise<string> {
    const { exitCode, stdout, stderr } = await hyperion(...args);
    if (exitCode !== 0) throw new Error(`hyperion ${args.join(" ")} ended with ${exitCode}: ${stderr}`);
    return stdout;
  }

  const json = async <A>(...args: readonly string[]): Promise<A> => JSON.parse(await said(...args, "--json")) as A;

  const jobsOf = async (dir: ProgramDir): Promise<readonly SlurmJobReport[]> => json("jobs", dir.inCluster);

  /** The job of a program that has one, when it is told with that reason. */
  const waitingFor = async (dir: ProgramDir, reason: string): Promise<SlurmJobReport> =>
    await untilSome(`job that waits for ${reason}`, async () => {
      const [job] = await jobsOf(dir);
      return job?.reason === reason ? job : undefined;
    });

  /** What Slurm still has of a user, without those that end. */
  const openIds = async (): Promise<readonly string[]> => (await cluster.openJobs()).map(({ id }) => String(id));

  const start = async (name: string, sbatch: object): Promise<Started> => {
    const dir = await cluster.dir(name);
    const running = dir.start({ jobs: [[1, 2]], until: "go", sbatch, options });
    return { dir, running, id: await running.job() };
  };

  test("lists, explains and reads a Slurm job while it runs, and after that", async () => {
    const { dir, running, id } = await start("one", { nTasksPerNode: 2 });
    const place = ["--dir", dir.inCluster];
    const job = await untilSome("counts of its calls", async () =>
      (await jobsOf(dir)).find(({ state, calls }) => state === "running" && calls?.running === 2),
    );
    expect(job).toMatchObject({ jobId: Number(id), slurmState: "RUNNING", end: null });
    const [node] = job.nodes;
    expect(await said("jobs", dir.inCluster)).toMatch(
      new RegExp(`^ *JOB +STATE[^]*\\n *${id} +RUNNING +\\d[^\\n]* ${node} +0/2 +test/squares`),
    );
    expect(await said("explain", id, ...place)).toMatch(
      /state {3}running on n\d for .*, in Slurm RUNNING\n {2}until {3}its work is done[^]*calls {3}0 done, 2 running[^]*end it {2}hyperion cancel \d+/,
    );
    expect(await json<CallList>("tasks", ...place)).toMatchObject({
      total: 1,
      calls: [{ functionName: "test/squares", stage: "running", slurmJob: Number(id) }],
    });
    const followed = hyperion("logs", id, "-f", ...place);
    expect(await said("logs", id, "--head", ...place)).toContain("results in");
    dir.make("go");
    await running.ended;
    const { exitCode, stdout, stderr } = await followed;
    expect(exitCode, stderr).toBe(0);
    expect(stdout).toMatch(/2 CPUs[^]*done in/);
    expect(await said("logs", id, ...place)).toBe(stdout);
    expect(await said("logs", id, "--head", ...place)).toContain("done in");
    expect((await json<RunReport>("status", dir.inCluster)).phase).toEqual({ kind: "ended", outcome: "done" });
    expect(await jobsOf(dir)).toMatchObject([{ state: "done", end: "value", calls: { done: 2 } }]);
    expect(await said("explain", id, ...place)).toMatch(/state {3}done \(value\), .* ago on n\d/);
  });

  test("looks into a Slurm job, through the program's link to it or by its log, and ends a single call of it", async () => {
    const { dir, running, id } = await start("within", { nTasksPerNode: 2 });
    const place = ["--dir", dir.inCluster, "--job", id];
    const calls = await untilSome("calls of the job that run", async () => {
      const { exitCode, stdout } = await hyperion("tasks", ...place, "--json");
      const found = exitCode === 0 ? (JSON.parse(stdout) as CallList) : undefined;
      return found?.calls.every(({ stage }) => stage === "running") === true && found.total === 2
        ? found.calls
        : undefined;
    });
    expect(calls).toMatchObject([{ functionName: "test/square" }, { functionName: "test/square" }]);
    expect(await said("status", dir.inCluster, "--job", id)).toMatch(/1 node, 2 CPUs[^]*test\/square +0\/2 +2 running/);
    expect(await said("top", dir.inCluster, "--once", "--job", id)).toMatch(new RegExp(`${calls[0]?.node}[^]*CPU`));
    const [{ id: call } = { id: "" }] = calls;
    expect(await said("explain", call, ...place)).toMatch(/call \d+: test\/square, running on n\d/);
    expect(await said("cancel", call, ...place)).toContain(`Call ${call} is cancelled: test/square, which was running`);
    await running.ended;
    expect(dir.outcome).toMatchObject({
      name: "JobError",
      cause: expect.stringContaining("a person has cancelled it"),
    });

    const byFiles = await cluster.dir("within-files");
    const deaf = byFiles.start({ jobs: [[1, 2]], until: "go", options: { ...options, attach: "files" } });
    const other = await deaf.job();
    const told = await untilSome("log of the job", async () => {
      const { exitCode, stdout } = await hyperion("status", byFiles.inCluster, "--job", other);
      return exitCode === 0 && stdout.includes("1 running") ? stdout : undefined;
    });
    expect(told).toContain("test/square");
    expect(await hyperion("tasks", "--dir", byFiles.inCluster, "--job", other)).toMatchObject({ exitCode: 4 });
    byFiles.make("go");
    await deaf.ended;
  });

  test("explains what Slurm jobs wait for, and cancels them: Slurm has them no more when it ends", async () => {
    const first = await start("first", { nodes: 2, exclusive: true });
    await cluster.isIn("RUNNING", first.id);
    const others = [
      start("second", { nodes: 2, exclusive: true }),
      start("third", { dependency: `afterany:${first.id}` }),
      start("fourth", { partition: "short", nodes: 2 }),
    ] as const;
    const [second, third, fourth] = await Promise.all(others);
    const explained = async ({ dir, id }: Started): Promise<string> =>
      await said("explain", id, "--dir", dir.inCluster);

    expect(await waitingFor(second.dir, "Resources")).toMatchObject({ slurmState: "PENDING", change: "by-itself" });
    const told = await untilSome("time at which Slurm expects it to begin", async () => {
      const text = await explained(second);
      return text.includes("Slurm expects it to begin by 20") ? text : undefined;
    });
    expect(told).toMatch(
      /in Slurm PENDING \(Resources\)\n {2}why.*nodes, CPUs or memory to become free\.\n {2}until {3}Slurm starts it, by itself; no limit/,
    );
    await waitingFor(third.dir, "Dependency");
    expect(await explained(third)).toMatch(/\(Dependency\)\n {2}why.*waits for the jobs that it depends on/);
    await waitingFor(fourth.dir, "PartitionNodeLimit");
    expect(await explained(fourth)).toMatch(
      /\(PartitionNodeLimit\)\n {2}why.*more or fewer nodes[^]*until {3}a person does something/,
    );
    await cluster.command("scontrol", "hold", second.id);
    await waitingFor(second.dir, "JobHeldUser");
    expect(await explained(second)).toMatch(/\(JobHeldUser\)\n {2}why.*scontrol release[^]*until {3}a person does/);
    expect(await hyperion("logs", second.id, "--dir", second.dir.inCluster)).toMatchObject({
      exitCode: 3,
      stderr: expect.stringContaining("has printed nothing"),
    });

    expect(await said("cancel", fourth.id, "--dir", fourth.dir.inCluster)).toContain(
      `Slurm job ${fourth.id} is cancelled, and gone`,
    );
    expect(await openIds()).not.toContain(fourth.id);
    await fourth.running.ended;
    expect(fourth.dir.outcome).toMatchObject({ name: "JobError", message: expect.stringContaining("hyperion cancel") });
    expect(await jobsOf(fourth.dir)).toMatchObject([
      { state: "cancelled", end: "cancelled", sentence: expect.stringContaining("by a person") },
    ]);
    expect(await json("stop", "--jobs", "--dir", second.dir.inCluster)).toMatchObject({
      cancels: [Number(second.id)],
      left: [],
    });
    expect(await openIds()).not.toContain(second.id);
    await second.running.ended;
    expect(second.dir.outcome).toMatchObject({ name: "CancelledByPersonError" });
    for (const { running } of [first, third]) running.child.kill("SIGTERM");
    await Promise.all([first.running.ended, third.running.ended]);
  });

  test("runs a program by Slurm jobs, or here, with its options", async () => {
    const dir = await cluster.dir("run");
    const file = "/srv/checkout/packages/cluster/test/slurm/programs/with-options.ts";
    expect(await said("run", file, "--help")).toMatch(/--count <whole number> +how many numbers \(default: 2\)/);
    expect(await hyperion("run", file, "--cuont", "3")).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining("Did you mean --count?"),
    });
    const bySlurm = await hyperion("run", file, "--count", "3", "--dir", `${dir.inCluster}/slurm`);
    expect(bySlurm, bySlurm.stderr).toMatchObject({ exitCode: 0, stdout: "1 4 9\n" });
    expect(bySlurm.stderr).toMatch(/Slurm job \d+ \(test\/first-squares count=3\)/);
    const here = await hyperion("run", "--local", file, "--dir", `${dir.inCluster}/here`);
    expect(here, here.stderr).toMatchObject({ exitCode: 0, stdout: "1 4\n" });
    expect(here.stderr).not.toContain("Slurm job");
    const inside = ["srun", "-N1", "/opt/node/node", "/srv/checkout/apps/cli/src/main.ts", "run", file, "--dir"];
    const { exitCode, stdout } = await cluster.testbed.run("login", [...inside, `${dir.inCluster}/inside`], {
      user: "alice",
    });
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: "1 4\n" });
  });

  test("ends a run and the Slurm jobs that run for it, and says what a run has left that was ended without them", async () => {
    const { dir, running, id } = await start("both", { nTasksPerNode: 1 });
    await untilSome("call that runs", () => dir.noted("begun").length >= 1);
    running.child.kill("SIGTERM");
    await running.ended;
    expect(await hyperion("stop", "--jobs", "--dir", dir.inCluster)).toMatchObject({
      exitCode: 4,
      stderr: expect.stringContaining(`scancel ${id} ends them`),
    });
    const jobs = [
      [1, 2],
      [3, 4],
    ];
    const request = { jobs, until: "go", sbatch: { nTasksPerNode: 1 }, options: { ...options, maxSlurmJobs: 1 } };
    const again = dir.start(request);
    await again.says(/is there already/);
    await untilSome("run that is asked", async () =>
      (await hyperion("jobs", dir.inCluster)).stdout.includes("RUNNING"),
    );
    // A call that has no Slurm job yet.
    const { calls } = await json<CallList>("tasks", "--dir", dir.inCluster);
    expect(calls).toMatchObject([{ slurmJob: Number(id) }, { stage: "waiting", slurmJob: null }]);
    expect(await said("explain", calls[1]?.id ?? "", "--dir", dir.inCluster)).toMatch(/maxSlurmJobs[^]*has ended/);
    expect(await said("stop", "--jobs", "--dir", dir.inCluster)).toMatch(
      /1 Slurm job is being cancelled: \d+\.\nThey are gone/,
    );
    expect(await openIds()).not.toContain(id);
    await again.ended;
    expect(dir.outcome).toMatchObject({ name: "CancelledByPersonError" });
  });
});
