/** Jobs that are told to end before they are done. */
import type { SlurmJobId } from "@hyperion-ts/slurm-env";
import { describeOnTestbed } from "@hyperion-ts/testbed";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { expectSound } from "./faults-checks.ts";
import { FaultCluster, numbers, type RunDir, untilSome, USER } from "./faults-cluster.ts";
import type { FaultRequest } from "./programs/faults-program.ts";

/** How many values a program computes, of which only four at a time: it is never done when it is told to end. */
const WIDTH = 200;
/** No call is ended for taking long on a busy machine. */
const PATIENT = { times: { endGraceMs: 100_000 } };
const KILL_WAIT = { KillWait: "120" };
/** Calls that go on until they are let go, which is after the signal. */
const HELD = { width: WIDTH, ms: 10, until: "let-go", options: PATIENT };
const ENDLESS = { width: WIDTH, ms: 3_600_000 };
/** For the run that computes the rest. */
const QUICK = { width: WIDTH, ms: 10 };

// Jobs wait more than they compute: some of them run side by side.
vi.setConfig({ maxConcurrency: 5 });

describeOnTestbed(describe)("a job that is told to end", () => {
  let cluster: FaultCluster;
  beforeAll(async () => void (cluster = await FaultCluster.open(18, KILL_WAIT)));
  afterAll(() => cluster[Symbol.asyncDispose]());

  interface Started {
    readonly dir: RunDir;
    readonly id: SlurmJobId;
    readonly nodes: readonly string[];
  }

  /** A job on two nodes with a script that becomes the program, or (`start: ""`) has it for a child. */
  async function submit(
    dir: RunDir,
    nodes: readonly string[],
    request: FaultRequest,
    { start = "exec ", options = [] }: { readonly start?: "exec " | ""; readonly options?: readonly string[] } = {},
  ): Promise<Started> {
    const args = ["-N2", "-w", nodes.join(","), "--exclusive", "-o", "out.txt", ...options];
    return {
      dir,
      nodes,
      id: await cluster.testbed.sbatch(dir.script(request, start), { user: USER, cwd: dir.inCluster, args }),
    };
  }

  const busy = (dir: RunDir): Promise<unknown> =>
    untilSome("four running calls", () => dir.running.length === 4 && dir.notes.length >= 4);

  async function busyOn(
    name: string,
    nodes: readonly string[],
    request: FaultRequest,
    start: "exec " | "" = "exec ",
  ): Promise<Started> {
    const started = await submit(await cluster.dir(name), nodes, request, { start });
    await busy(started.dir);
    return started;
  }

  const scancel = async ({ id }: Started, ...args: readonly string[]): Promise<void> => {
    expect(await cluster.testbed.run("login", ["scancel", ...args, String(id)], { user: USER })).toMatchObject({
      exitCode: 0,
    });
  };

  /** Lets running calls end, once the program has heard the signal. */
  async function letGo({ dir }: Pick<Started, "dir">): Promise<void> {
    await untilSome("interruption", () => dir.eventsOf("run-interrupted").length > 0);
    dir.make("let-go");
  }

  /** The job's end, as Slurm tells it; nothing is left of it then. */
  async function ended({ id, nodes }: Started): Promise<{ state: string; exitCode: number }> {
    const { state, exitCode } = await cluster.testbed.waitForJob(id);
    for (const node of nodes) await untilSome(`end of ${node}'s processes`, () => cluster.left(node).length === 0);
    return { state, exitCode };
  }

  /** What was running came to its end and was stored, nothing else has begun, and the error says so. */
  function expectGrace({ dir }: Started, signal: string, exitCode: 75 | 143): void {
    const { notes, rows, outcome } = dir;
    const begun = notes.flatMap(({ what, x }) => (what === "begin" ? [x] : []));
    expect(dir.running).toEqual([]);
    expect(rows.map(({ x, times, value }) => [x, times, value.attempt])).toEqual(
      begun.toSorted((a, b) => a - b).map((x) => [x, 1, 1]),
    );
    expect([begun.length >= 4, begun.length < WIDTH]).toEqual([true, true]);
    expect(outcome).toEqual({
      type: "failed",
      name: "InterruptedError",
      message:
        `Interrupted by ${signal}: ${begun.length} calls were done, 0 were ended while they ran, ${WIDTH - begun.length} had not begun. ` +
        `Everything that was stored is in ${dir.inCluster}/results.sqlite: run the same command again to go on from there.`,
      exitCode,
      calls: { done: begun.length, running: 0, waiting: WIDTH - begun.length },
    });
  }

  /** The same command again computes what was left, and that only. */
  async function expectRest({ dir, nodes }: Started): Promise<void> {
    const { notes, rows } = dir;
    expect(await ended(await submit(dir, nodes, QUICK))).toEqual({ state: "COMPLETED", exitCode: 0 });
    const stored = new Set(rows.map(({ x }) => x));
    const computed = dir.notes.slice(notes.length).flatMap(({ what, x }) => (what === "begin" ? [x] : []));
    expect(computed.toSorted((a, b) => a - b)).toEqual(numbers(WIDTH).filter((x) => !stored.has(x)));
    expectSound(dir);
  }

  test.concurrent("by scancel lets running calls end, keeps their results, and is done with the rest by the next run", async () => {
    const job = await busyOn("scancel", ["n1", "n2"], HELD);
    await scancel(job);
    await letGo(job);
    expect(await ended(job)).toMatchObject({ state: "CANCELLED" });
    expectGrace(job, "SIGTERM", 143);
    await expectRest(job);
  });

  test.concurrent("by scancel ends calls that are longer than its grace, and says how many", async () => {
    const job = await busyOn("long", ["n3", "n4"], { ...ENDLESS, options: { times: { endGraceMs: 500 } } });
    await scancel(job);
    expect(await ended(job)).toMatchObject({ state: "CANCELLED" });
    expect(job.dir.outcome).toMatchObject({
      name: "InterruptedError",
      calls: { done: 0, running: 4, waiting: WIDTH - 4 },
    });
    expect(job.dir.rows).toEqual([]);
    await expectRest(job);
  });

  test.concurrent("by the signal that --signal=B:USR1 sends lets running calls end, where the script has become the program, and ends with the code for trying again", async () => {
    const job = await busyOn("exec", ["n5", "n6"], HELD);
    await scancel(job, "--batch", "--signal=USR1");
    await letGo(job);
    expect(await ended(job)).toEqual({ state: "FAILED", exitCode: 75 });
    expectGrace(job, "SIGUSR1", 75);
    expect(job.dir.eventsOf("run-interrupted")).toHaveLength(1);
  });

  test.concurrent("by that signal is over for Slurm while its program knows nothing, where the shell stands between: only `exec` lets it arrive", async () => {
    const job = await busyOn("child", ["n7", "n8"], HELD, "");
    await scancel(job, "--batch", "--signal=USR1");
    const { state, parts } = await cluster.testbed.waitForJob(job.id);
    expect([state, parts[0]?.exitSignal]).toEqual(["FAILED", 10]);
    // Where Slurm tracks processes by cgroups, it is what kills the program now.
    for (const { pid } of cluster.of("n7", "faults-program")) process.kill(pid, "SIGKILL");
    await ended(job);
    expect([job.dir.outcome, job.dir.eventsOf("run-interrupted")]).toEqual([undefined, []]);
    expect(job.dir.running.length).toBeGreaterThan(0);
    await expectRest(job);
  });

  test.concurrent.for([
    ["USR1", "n9", "n10"],
    ["TERM", "n11", "n12"],
  ] as const)(
    "by SIG%s to every process of the job lets running calls end: agents and workers leave it to their head, and open no debugger's port",
    async ([signal, ...nodes]) => {
      // Agents and workers are processes of the job where srun has started them.
      const job = await busyOn(`all-${signal}`, nodes, {
        ...HELD,
        options: { ...PATIENT, reach: { transport: { type: "srun" } } },
      });
      const { running } = job.dir;
      const agents = nodes.flatMap((node) => cluster.of(node, "agent-main"));
      const workers = nodes.flatMap((node) => cluster.of(node, "worker-main"));
      await scancel(job, `--signal=${signal}`);
      await scancel(job, "--full", `--signal=${signal}`);
      // Slurm finds some of a job's processes only; srun itself it spares. So these are sure to have heard it.
      for (const { pid } of [...agents, ...workers]) process.kill(pid, `SIG${signal}`);
      await untilSome("interruption", () => job.dir.eventsOf("run-interrupted").length > 0);
      const ports = new Set((await Promise.all(nodes.map((node) => listeningPorts(node)))).flat());
      expect([ports.has(22), ports.has(9229)]).toEqual([true, false]);
      // Those that only just start don't either.
      expect([...agents, ...workers].map(({ argv }) => argv[1])).toEqual(
        Array.from({ length: 6 }, () => "--disable-sigusr1"),
      );
      await letGo(job);
      await ended(job);
      expectGrace(job, `SIG${signal}`, 75);
      expect(job.dir.rows.map(({ x }) => x)).toEqual(expect.arrayContaining(running.map(({ x }) => x)));
      expect(job.dir.printed).not.toContain("Debugger");
    },
  );

  test.concurrent("by the signal that was asked for before the time limit, or by SIGTERM at the limit, lets running calls end", async () => {
    // Slurm may send it up to a minute earlier than that, and looks every 30 s; no limit is shorter than a minute.
    const asked = await submit(await cluster.dir("asked"), ["n13", "n14"], HELD, {
      options: ["-t", "1", "--signal=B:USR1@10"],
    });
    const limited = await busyOn("limited", ["n15", "n16"], HELD);
    const limit = new Date(Date.now() + 5_000).toISOString().slice(0, 19);
    await cluster.testbed.run("login", ["scontrol", "update", `JobId=${limited.id}`, `EndTime=${limit}`]);
    await Promise.all([letGo(limited), letGo(asked)]);
    expect(await ended(limited)).toMatchObject({ state: "TIMEOUT" });
    expectGrace(limited, "SIGTERM", 75);
    expect(await ended(asked)).toEqual({ state: "FAILED", exitCode: 75 });
    expectGrace(asked, "SIGUSR1", 75);
  });

  test.concurrent("by scancel lets running calls end where the head is on the submitting host, if salloc was told to hand the signal on", async () => {
    const dir = await cluster.dir("salloc");
    const nodes = ["n17", "n18"];
    const args = ["--quiet", "--job-name=salloc", "-N2", "-w", nodes.join(","), "--exclusive", "--kill-command=TERM"];
    const run = cluster.testbed.run("login", ["salloc", ...args, ...dir.command(HELD)], {
      user: USER,
      cwd: dir.inCluster,
    });
    await busy(dir);
    const job = await untilSome("job", async () =>
      (await cluster.testbed.jobs()).find(({ name }) => name === "salloc"),
    );
    const started = { dir, nodes, id: job.id };
    await scancel(started);
    await letGo(started);
    await run;
    expect(await ended(started)).toMatchObject({ state: "CANCELLED" });
    expectGrace(started, "SIGTERM", 143);
  });

  /** Ports that somebody listens on (proc(5), /proc/net/tcp: state 0A). */
  async function listeningPorts(node: string): Promise<number[]> {
    const { stdout } = await cluster.testbed.run(node, ["cat", "/proc/net/tcp", "/proc/net/tcp6"]);
    return [...stdout.matchAll(/^ *\d+: \w+:(\w{4}) \w+:\w+ 0A/gm)].map(([, port = ""]) => Number.parseInt(port, 16));
  }
});
