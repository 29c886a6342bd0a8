/** The command `hyperion` and the Slurm jobs of a run: they are listed, explained, read and ended. */
import type { CallList, RunReport, SlurmJobReport } from "@hyperion-ts/control";
import { describeOnTestbed } from "@hyperion-ts/testbed";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { ProgramCluster, type ProgramDir, type Running, untilSome } from "./program-cluster.ts";

/** Slurm is asked often. */
const options = { longestPauseMs: 1_000 };
const whole = { nodes: 2, nTasksPerNode: 2, exclusive: true } as const;

describeOnTestbed(describe)("the command hyperion", () => {
  let cluster: ProgramCluster;
  beforeAll(async () => {
    const partitions = [{ name: "main" }, { name: "short", slurm: { MaxNodes: "1" } }];
    cluster = await ProgramCluster.open(2, { slurm: { KillWait: "2" }, partitions });
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

  /** A program with one job, which Slurm has. */
  const start = async (
    name: string,
    sbatch: object,
  ): Promise<{ readonly dir: ProgramDir; readonly running: Running; readonly id: string }> => {
    const dir = await cluster.dir(name);
    const running = dir.start({ jobs: [[1, 2]], until: "go", sbatch, options });
    return { dir, running, id: await running.job() };
  };

  test("lists, explains, reads and cancels Slurm jobs while they wait and run, and after", async () => {
    const first = await start("first", whole);
    const { id } = first;
    await untilSome("calls that run", () => first.dir.noted("begun").length === 2);
    const place = ["--dir", first.dir.inCluster];

    // One that runs.
    const job = await untilSome("counts of its calls", async () =>
      (await jobsOf(first.dir)).find(({ state, calls }) => state === "running" && calls?.running === 2),
    );
    expect(job).toMatchObject({
      jobId: Number(id),
      state: "running",
      slurmState: "RUNNING",
      nodes: ["n1", "n2"],
      end: null,
    });
    expect(await said("jobs", first.dir.inCluster)).toMatch(
      new RegExp(`^ *JOB +STATE[^]*\\n *${id} +RUNNING +\\d[^\\n]* n1 n2 +0/2 +test/squares`),
    );
    expect(await said("explain", id, ...place)).toMatch(
      /state {3}running on n1, n2 for .*, in Slurm RUNNING\n {2}until {3}its work is done[^]*calls {3}0 done, 2 running[^]*end it {2}hyperion cancel \d+/,
    );
    const tasks = await json<CallList>("tasks", ...place);
    expect(tasks).toMatchObject({
      total: 1,
      calls: [{ functionName: "test/squares", stage: "running", slurmJob: Number(id) }],
    });
    const followed = hyperion("logs", id, "-f", ...place);
    const headLog = await said("logs", id, "--head", ...place);
    expect(headLog).toContain("results in");

    // Three reasons to wait, and what each means.
    const second = await start("second", whole);
    const third = await start("third", { dependency: `afterany:${id}` });
    const fourth = await start("fourth", { partition: "short", nodes: 2 });
    const resources = await waitingFor(second.dir, "Resources");
    expect(resources).toMatchObject({ state: "waiting", slurmState: "PENDING", change: "by-itself" });
    await waitingFor(third.dir, "Dependency");
    await waitingFor(fourth.dir, "PartitionNodeLimit");
    const [two, three, four] = [second.id, third.id, fourth.id];
    const explained = async ({ dir }: { readonly dir: ProgramDir }, of: string): Promise<string> =>
      await said("explain", of, "--dir", dir.inCluster);
    expect(await explained(second, two)).toMatch(
      /in Slurm PENDING \(Resources\)\n {2}why.*nodes, CPUs or memory to become free\.\n {2}until {3}Slurm starts it, by itself; no limit/,
    );
    expect(await explained(third, three)).toMatch(/\(Dependency\)\n {2}why.*waits for the jobs that it depends on/);
    expect(await explained(fourth, four)).toMatch(
      /\(PartitionNodeLimit\)\n {2}why.*more or fewer nodes[^]*until {3}a person does something/,
    );
    await cluster.command("scontrol", "hold", two);
    await waitingFor(second.dir, "JobHeldUser");
    expect(await explained(second, two)).toMatch(
      /\(JobHeldUser\)\n {2}why.*scontrol release[^]*until {3}a person does/,
    );
    expect(await hyperion("logs", two, "--dir", second.dir.inCluster)).toMatchObject({
      exitCode: 3,
      stderr: expect.stringContaining("has printed nothing"),
    });

    // Those that wait are cancelled: Slurm has them no more when the command ends.
    expect(await said("cancel", four, "--dir", fourth.dir.inCluster)).toContain(
      `Slurm job ${four} is cancelled, and gone`,
    );
    expect(await openIds()).not.toContain(four);
    await fourth.running.ended;
    expect(fourth.dir.outcome).toMatchObject({ name: "JobError", message: expect.stringContaining("hyperion cancel") });
    expect(await jobsOf(fourth.dir)).toMatchObject([{ state: "cancelled", end: "cancelled" }]);
    const stopped = await json<{ readonly cancels: readonly number[] }>(
      "stop",
      "--jobs",
      "--dir",
      second.dir.inCluster,
    );
    expect(stopped).toMatchObject({ cancels: [Number(two)], left: [] });
    expect(await openIds()).not.toContain(two);
    await second.running.ended;
    expect(second.dir.outcome).toMatchObject({ name: "CancelledByPersonError" });

    // After its end.
    first.dir.make("go");
    third.dir.make("go");
    await Promise.all([first.running.ended, third.running.ended]);
    expect((await followed).stdout).toMatch(/2 CPUs[^]*done in/);
    expect((await json<RunReport>("status", first.dir.inCluster)).phase).toEqual({ kind: "ended", outcome: "done" });
    expect(await jobsOf(first.dir)).toMatchObject([{ state: "done", end: "value", calls: { done: 2 } }]);
    expect(await said("explain", id, ...place)).toMatch(/state {3}done \(value\), .* ago on n1, n2/);
    expect(await said("logs", id, ...place)).toBe((await followed).stdout);
    expect(await said("logs", id, "--head", ...place)).toContain("done in");
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
    const again = dir.start({ jobs: [[1, 2]], until: "go", sbatch: { nTasksPerNode: 1 }, options });
    await again.says(/is there already/);
    await untilSome("run that is asked", async () =>
      (await hyperion("jobs", dir.inCluster)).stdout.includes("RUNNING"),
    );
    expect(await said("stop", "--jobs", "--dir", dir.inCluster)).toMatch(
      /1 Slurm job is being cancelled: \d+\.\nThey are gone/,
    );
    expect(await openIds()).not.toContain(id);
    await again.ended;
    expect(dir.outcome).toMatchObject({ name: "CancelledByPersonError" });
  });
});
