/** Heads that die under a job: nobody outlives them, and the next run goes on from what they have stored. */
import type { SlurmJobId } from "@hyperion-ts/slurm-env";
import { describeOnTestbed } from "@hyperion-ts/testbed";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { expectSound } from "./faults-checks.ts";
import { FaultCluster, numbers, type RunDir, untilSome, USER } from "./faults-cluster.ts";
import type { FaultRequest } from "./programs/faults-program.ts";

/** After the first of them they go on until there is a file `again`: a busy machine may look late. */
const CALLS = 40;
const FIRST = 16;
/** After so long without a word an agent ends. */
const SILENCE_MS = 10_000;

// Jobs wait more than they compute: some of them run side by side.
vi.setConfig({ maxConcurrency: 5 });

describeOnTestbed(describe)("a head that dies", () => {
  let cluster: FaultCluster;
  // On a busy machine nodes that are there must not be given up, too.
  beforeAll(async () => void (cluster = await FaultCluster.open(16)));
  afterAll(() => cluster[Symbol.asyncDispose]());

  /** A job whose script runs the program, and runs it again when there is a file `again`; calls run on all of its nodes. */
  async function busyOn(
    name: string,
    nodes: readonly string[],
    options: NonNullable<FaultRequest["options"]>,
  ): Promise<{ dir: RunDir; id: SlurmJobId }> {
    const dir = await cluster.dir(name);
    const program = dir.script({ width: CALLS, ms: 400, until: "again", untilFrom: FIRST, options }, "");
    const script = `${program}while [ ! -e again ]; do sleep 0.1; done\n${program.replace(/^.*\n/, "")}`;
    const args = [`-N${nodes.length}`, "-w", nodes.join(","), "--exclusive", "--no-kill", "-o", "out.txt"];
    const id = await cluster.testbed.sbatch(script, { user: USER, cwd: dir.inCluster, args });
    await untilSome(
      "call running on each node",
      () => dir.notes.length > FIRST && nodes.every((node) => dir.running.some((note) => note.node === node)),
    );
    return { dir, id };
  }

  const head = (node: string): number => cluster.of(node, "faults-program")[0]?.pid ?? Number.NaN;
  const ours = (node: string): number =>
    cluster.of(node).filter(({ argv }) => /agent-main|worker-main|faults-program/.test(argv.join(" "))).length;

  // Silence would tell much later than anybody waits here.
  test.concurrent.for([
    ["node-ssh", "n1", "n2"],
    ["ssh", "n3", "n4"],
    ["srun", "n5", "n6"],
  ] as const)(
    "is killed: over %s nothing of ours is left on any node, and the next run computes the rest only",
    async ([type, ...nodes]) => {
      const { dir, id } = await busyOn(type, nodes, { reach: { transport: { type } }, times: { silenceMs: 600_000 } });
      process.kill(head(nodes[0]), "SIGKILL");
      await untilSome("end of all that was ours", () => nodes.every((node) => ours(node) === 0));
      const stored = dir.rows.map(({ x }) => x);
      const { length } = dir.notes;
      expect([dir.outcome, stored.length > 0, stored.length < CALLS]).toEqual([undefined, true, true]);

      dir.make("again");
      expect((await cluster.testbed.waitForJob(id)).state).toBe("COMPLETED");
      const computed = dir.notes.slice(length).flatMap(({ what, x }) => (what === "begin" ? [x] : []));
      expect(computed.toSorted((a, b) => a - b)).toEqual(numbers(CALLS).filter((x) => !stored.includes(x)));
      expectSound(dir);
      for (const node of nodes) await untilSome(`end of ${node}'s processes`, () => cluster.left(node).length === 0);
    },
  );

  // With the times that everybody has.
  test.concurrent("is killed behind a cut network: what is on the other side ends when it has been silent for long enough", async () => {
    const { dir } = await busyOn("cut", ["n7", "n8"], {});
    const cutAtMs = performance.now();
    await cluster.testbed.fault.cut("n7");
    process.kill(head("n7"), "SIGKILL");
    await untilSome("end of what was on the head's side", () => ours("n7") === 0);
    const left = ours("n8");
    // Who looks after the silence has been long enough sees nothing of it.
    expect(left > 0 || performance.now() - cutAtMs > SILENCE_MS / 2).toBe(true);
    await untilSome("end of what was on the other side", () => ours("n8") === 0);
    await cluster.testbed.fault.heal("n7");
    await untilSome("end of sshd's sessions", () => cluster.left("n8").length === 0);
    expect(dir.outcome).toBeUndefined();
  });

  test.concurrent.for([
    ["node-ssh", "n9", "n10", "n11"],
    ["srun", "n12", "n13", "n14"],
  ] as const)(
    "loses its power (%s): all that was ours on the other nodes ends, they end the job, whose output says so, and a run on another node goes on from what was stored",
    async ([type, ...nodes]) => {
      const [lost, ...others] = nodes;
      const { dir, id } = await busyOn(`power-${type}`, nodes, { reach: { transport: { type } } });
      await cluster.testbed.fault.stop(lost);
      for (const node of others) await untilSome("end of what was on the other nodes", () => ours(node) === 0);
      const first = dir.rows;
      expect(first.map(({ x, value, times }) => [x, value.square, times])).toEqual(first.map(({ x }) => [x, x * x, 1]));
      expect([dir.outcome, first.length > 0]).toEqual([undefined, true]);

      expect((await cluster.testbed.waitForJob(id)).state).toBe("CANCELLED");
      expect(dir.printed).toMatch(
        new RegExp(`the node ${lost} is lost, and with it the script of this job: job ${id} is cancelled`),
      );
      // sshd itself does not know yet that the other end of its sessions is gone.
      for (const node of others)
        await untilSome(`end of ${node}'s processes`, () =>
          cluster.left(node).every((command) => command.startsWith("sshd")),
        );
      const { length } = dir.notes;
      const next = await cluster.testbed.sbatch(dir.script({ width: CALLS, ms: 10 }), {
        user: USER,
        cwd: dir.inCluster,
        args: ["-N1", "-w", others[0], "--exclusive", "-o", "next.txt"],
      });
      expect((await cluster.testbed.waitForJob(next)).state).toBe("COMPLETED");
      const computed = dir.notes.slice(length).flatMap(({ what, x }) => (what === "begin" ? [x] : []));
      const stored = new Set(first.map(({ x }) => x));
      expect(computed.toSorted((a, b) => a - b)).toEqual(numbers(CALLS).filter((x) => !stored.has(x)));
      expectSound(dir);
    },
  );

  test.concurrent("is cut off and lives on: once Slurm has taken its node from the job, the other nodes end the job, and nothing is left when the network is back", async () => {
    const { dir, id } = await busyOn("alive", ["n15", "n16"], {});
    await cluster.testbed.fault.cut("n15");
    expect((await cluster.testbed.waitForJob(id)).state).toBe("CANCELLED");
    await cluster.testbed.fault.heal("n15");
    for (const node of ["n15", "n16"])
      await untilSome(`end of ${node}'s processes`, () => cluster.left(node).length === 0);
    expect(dir.printed).toMatch(/the node n15 is lost/);
  });
});
