import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describeOnTestbed } from "@hyperion-ts/testbed";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RunEvent } from "../../src/index.ts";
import { PLACE, quoted, ShapeCluster } from "./shapes-cluster.ts";
import { cpusOf, done, expectAllCpusInUse, expectEachNodeByName } from "./shapes-checks.ts";

const DEMO = ["/opt/node/node", "/srv/checkout/apps/demo/src/main.ts"];

describeOnTestbed(describe)(
  "a program in a Slurm job uses all of its CPUs, over one connection to each other node",
  () => {
    let cluster: ShapeCluster;
    beforeAll(async () => {
      cluster = await ShapeCluster.open([
        { name: "n1", cpus: 2 },
        { name: "n2", cpus: 3 },
        { name: "n3", cpus: 4 },
      ]);
    });
    afterAll(() => cluster[Symbol.asyncDispose]());

    it("under sbatch on three uneven nodes, the batch script's environment and directory reach every worker", async () => {
      const { exitCode, printed, sessions } = await cluster.sbatch(
        ["-N3", "-n6"],
        cluster.script("uneven", { together: 6 }),
      );
      const outcome = done(cluster.outcomes("uneven"), printed);
      expectAllCpusInUse(outcome, Object.fromEntries(outcome.cpusPerNode));
      expect(cpusOf(outcome)).toMatchObject({ nodes: ["n1", "n2", "n3"], cpus: 6, isUneven: true });
      expectEachNodeByName(outcome);
      expect(sessions).toEqual({ login: 0, n1: 0, n2: 1, n3: 1 });
      const [{ slurmJobId } = { slurmJobId: null }] = outcome.sights;
      expect(slurmJobId).toMatch(/^\d+$/);
      for (const sight of outcome.sights) expect(sight).toMatchObject({ directory: PLACE, marker: "mine", slurmJobId });
      // What tells of the head's machine only is not handed on.
      for (const { node, slurmdNodename } of outcome.sights) expect([node, null]).toContain(slurmdNodename);
      expect(exitCode).toBe(0);
      await cluster.expectNobodyLeft();
    });

    it("the demo, as it is, under sbatch --exclusive", async () => {
      const { exitCode, printed, sessions } = await cluster.sbatch(
        ["-N3", "--exclusive"],
        `exec ${[...DEMO, "--points", "100", "--work-ms", "150", "--dir", "/srv/runs/demo"].map(quoted).join(" ")}`,
      );
      expect(printed).toContain("300 brackets: 300 computed now, 0 from earlier runs (/srv/runs/demo/results.sqlite).");
      expect({ exitCode, sessions }).toEqual({ exitCode: 0, sessions: { login: 0, n1: 0, n2: 1, n3: 1 } });
      expect(workersOf("demo")).toEqual({ n1: [0, 1], n2: [0, 1, 2], n3: [0, 1, 2, 3] });
      await cluster.expectNobodyLeft();
    });

    it("under salloc, where the program runs on the submitting host and every node is remote", async () => {
      const { sessions, printed } = await cluster.run(
        ["salloc", "-N3", "-n5", ...cluster.program("salloc", { together: 5 })],
        { MARKER: "mine" },
      );
      const outcome = done(cluster.outcomes("salloc"), printed);
      expectAllCpusInUse(outcome, Object.fromEntries(outcome.cpusPerNode));
      expect(cpusOf(outcome)).toMatchObject({ nodes: ["n1", "n2", "n3"], cpus: 5 });
      expectEachNodeByName(outcome);
      expect(sessions).toEqual({ login: 0, n1: 1, n2: 1, n3: 1 });
      for (const sight of outcome.sights) expect(sight).toMatchObject({ directory: PLACE, marker: "mine" });
      await cluster.expectNobodyLeft();
    });

    it("in a step of srun on the job's second node", async () => {
      const { sessions, printed } = await cluster.sbatch(
        ["-N3", "-n5"],
        cluster.script("step", { together: 5 }, "srun -N1 -n1 -w n2 --overlap"),
      );
      const outcome = done(cluster.outcomes("step"), printed);
      expectAllCpusInUse(outcome, Object.fromEntries(outcome.cpusPerNode));
      expectEachNodeByName(outcome);
      expect(cpusOf(outcome)).toMatchObject({ nodes: ["n1", "n2", "n3"], cpus: 5 });
      expect(sessions).toEqual({ login: 0, n1: 1, n2: 0, n3: 1 });
      await cluster.expectNobodyLeft();
    });

    it("in a job array, each task for itself, on CPUs of its own where tasks share a node", async () => {
      const script = cluster
        .script("array-$SLURM_ARRAY_TASK_ID", { together: 1 })
        .replace("'/srv/runs/array-$SLURM_ARRAY_TASK_ID'", "/srv/runs/array-$SLURM_ARRAY_TASK_ID");
      const { sessions, printed } = await cluster.sbatch(["-n1", "-w", "n1", "--array=1-2"], script);
      const outcomes = [1, 2].map((task) => done(cluster.outcomes(`array-${task}`), printed));
      for (const outcome of outcomes) expectAllCpusInUse(outcome, { n1: 1 });
      const masks = outcomes.map(({ sights }) => new Set(sights.map(({ allowed }) => allowed)));
      expect(masks.map(({ size }) => size)).toEqual([1, 1]);
      expect(new Set(masks.flatMap((mask) => [...mask]))).toEqual(new Set(["0", "1"]));
      expect(sessions).toEqual({ login: 0, n1: 0, n2: 0, n3: 0 });
      await cluster.expectNobodyLeft();
    });

    it("in a heterogeneous job, the nodes of all components", async () => {
      const { sessions, printed } = await cluster.sbatch(
        [],
        `#SBATCH -n1 -w n1\n#SBATCH hetjob\n#SBATCH -N2 -n5 -w n2,n3\n${cluster.script("het", { together: 6 })}`,
      );
      const outcome = done(cluster.outcomes("het"), printed);
      expectAllCpusInUse(outcome, Object.fromEntries(outcome.cpusPerNode));
      expect(cpusOf(outcome)).toMatchObject({ nodes: ["n1", "n2", "n3"], cpus: 6 });
      expectEachNodeByName(outcome);
      expect(sessions).toEqual({ login: 0, n1: 0, n2: 1, n3: 1 });
      await cluster.expectNobodyLeft();
    });

    it("in a heterogeneous job by srun, which takes no ssh at all", async () => {
      const { sessions, printed } = await cluster.sbatch(
        [],
        `#SBATCH -n1 -w n1\n#SBATCH hetjob\n#SBATCH -n2 -w n3\n${cluster.script("het-srun", { together: 3, options: { reach: { transport: { type: "srun" } } } })}`,
      );
      expectAllCpusInUse(done(cluster.outcomes("het-srun"), printed), { n1: 1, n3: 2 });
      expect(sessions).toEqual({ login: 0, n1: 0, n2: 0, n3: 0 });
      await cluster.expectNobodyLeft();
    });

    it("in a job that was submitted from inside of another one, its own nodes and CPUs only", async () => {
      const inner = cluster.script("nested", { together: 3 });
      const submitted = `sbatch -N2 -n3 -w n2,n3 -o ${PLACE}/inner.out --wrap ${quoted(inner)}`;
      const { sessions, printed } = await cluster.sbatch(
        ["-N1", "--ntasks-per-node=2", "--mem=100", "-w", "n1"],
        `${submitted}\nuntil test -f /srv/runs/nested/outcome-*.json; do sleep 0.2; done`,
      );
      const outcome = done(cluster.outcomes("nested"), printed);
      expectAllCpusInUse(outcome, Object.fromEntries(outcome.cpusPerNode));
      expect(cpusOf(outcome)).toMatchObject({ nodes: ["n2", "n3"], cpus: 3 });
      expect(sessions).toEqual({ login: 0, n1: 0, n2: 0, n3: 1 });
      await cluster.expectNobodyLeft();
    });

    /** The CPUs that each node's workers were given, from the run's event log. */
    function workersOf(name: string): Readonly<Record<string, readonly number[]>> {
      const folder = cluster.path(name);
      const logs = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) =>
        file.endsWith("events.jsonl"),
      );
      const events = logs.flatMap((file) =>
        readFileSync(join(folder, file), "utf8")
          .trim()
          .split("\n")
          .map((line): RunEvent => JSON.parse(line)),
      );
      const started = events.flatMap((event) => (event.type === "worker-started" ? [event] : []));
      const byNode = Object.entries(Object.groupBy(started, ({ node }) => node));
      return Object.fromEntries(
        byNode.map(([node, its = []]) => [node, its.flatMap(({ cpuIds }) => cpuIds).toSorted((a, b) => a - b)]),
      );
    }
  },
);
