/** What Slurm says around a job: variables that nobody needs, shells to type into, and times as people and sites like to see them. */
import { describeOnTestbed } from "@hyperion-ts/testbed";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { quoted, ShapeCluster } from "./shapes-cluster.ts";
import { cpusOf, done, expectAllCpusInUse } from "./shapes-checks.ts";

const USER = "alice";

describeOnTestbed(describe)("a program in a Slurm job", { timeout: 180_000 }, () => {
  let cluster: ShapeCluster;
  beforeAll(async () => {
    cluster = await ShapeCluster.open(
      ["n1", "n2", "n3"].map((name) => ({ name, cpus: 2 })),
      { slurm: { LaunchParameters: "use_interactive_step" } },
    );
  });
  afterAll(() => cluster[Symbol.asyncDispose]());

  /** Lines typed into the shell that a command opens on a terminal. */
  async function typedInto(command: string, lines: readonly string[]): Promise<string> {
    const input = [...lines, "exit", ""].join("\n");
    const { stdout, stderr } = await cluster.testbed.run(
      "login",
      ["script", "--quiet", "--command", command, "/dev/null"],
      { user: USER, input, signal: AbortSignal.timeout(150_000) },
    );
    return `${stdout}${stderr}`;
  }

  it("runs whatever optional variables say, and says which of them it has passed over", async () => {
    const odd =
      "SLURM_ARRAY_TASK_ID=1 SLURM_GPUS_ON_NODE=some SLURM_MEM_PER_NODE=4G SLURM_JOB_NUM_NODES=7 SLURM_JOB_END_TIME=soon SLURM_HET_SIZE=2 SLURM_RESTART_COUNT=x SLURM_STEP_ID=batch";
    const { exitCode, printed } = await cluster.sbatch(
      ["-N2", "-n4"],
      `export ${odd}; ${cluster.script("odd", { together: 4 })}`,
    );
    expectAllCpusInUse(done(cluster.outcomes("odd"), printed), { n1: 2, n2: 2 });
    const said = [...printed.matchAll(/(SLURM_\w+)=".*" counts as not set: /g)].map(([, variable = ""]) => variable);
    const passedOver =
      "SLURM_ARRAY_TASK_ID SLURM_GPUS_ON_NODE SLURM_MEM_PER_NODE SLURM_JOB_NUM_NODES SLURM_JOB_END_TIME SLURM_JOB_ID_HET_GROUP_0 SLURM_RESTART_COUNT";
    expect(said.toSorted()).toEqual(passedOver.split(" ").toSorted());
    expect(exitCode).toBe(0);
    await cluster.expectNobodyLeft();
  });

  it("that was typed into the shell of a step of four tasks runs on all of its nodes", async () => {
    const printed = await typedInto("srun -N2 -n4 --pty bash -i", [cluster.script("typed", { together: 4 }, "")]);
    expectAllCpusInUse(done(cluster.outcomes("typed"), printed), { n1: 2, n2: 2 });
    await cluster.expectNobodyLeft();
  });

  it("that was typed into the shell of salloc runs there too where that shell is a step on the first node", async () => {
    const printed = await typedInto("salloc -N2 -n4", [
      `export STEP=$SLURM_STEP_ID; ${cluster.script("interactive", { together: 4 }, "")}`,
      "echo step:$STEP on $(cat /proc/sys/kernel/hostname)",
    ]);
    const outcome = done(cluster.outcomes("interactive"), printed);
    expect(printed).toMatch(/step:(?:4294967290|-6) on n1/);
    expectAllCpusInUse(outcome, { n1: 2, n2: 2 });
    expect(cpusOf(outcome)).toMatchObject({ nodes: ["n1", "n2"], cpus: 4 });
    await cluster.expectNobodyLeft();
  });

  it("started by srun once for each task is refused, also on a terminal", async () => {
    const printed = await typedInto(
      `srun -N2 -n4 --pty ${cluster.program("copies", { together: 4 }).map(quoted).join(" ")}`,
      [],
    );
    const outcomes = cluster.outcomes("copies");
    expect({ printed, outcomes }).toMatchObject({
      outcomes: [0, 1, 2, 3].map(() => ({
        type: "failed",
        message: expect.stringMatching(/srun has started this program 4 times/),
      })),
    });
    await cluster.expectNobodyLeft();
  });

  it.each([
    { name: "new-york", zone: "of New York, as POSIX writes it", setting: "TZ=EST5EDT,M3.2.0,M11.1.0" },
    { name: "india", zone: "of India, by a name that only it knows", setting: "TZ='<+0530>-5:30'" },
    { name: "rome", zone: "of Rome, by the file's name", setting: "TZ=:/usr/share/zoneinfo/Europe/Rome" },
    { name: "seconds", zone: "of no place: it wants times as seconds", setting: "SLURM_TIME_FORMAT=%s" },
    { name: "words", zone: "of no place: it wants times in words", setting: "SLURM_TIME_FORMAT=relative" },
  ])("knows how much is left of its time in the time zone $zone ($setting)", async ({ name, setting }) => {
    const { printed } = await cluster.sbatch(
      ["-t", "30", "-n1"],
      `unset SLURM_JOB_END_TIME; export ${setting}; ${cluster.script(name, { together: 1 })}`,
    );
    const { remainingMs } = done(cluster.outcomes(name), printed);
    expect(remainingMs).toBeGreaterThan(27 * 60_000);
    expect(remainingMs).toBeLessThanOrEqual(30 * 60_000);
  });
});
