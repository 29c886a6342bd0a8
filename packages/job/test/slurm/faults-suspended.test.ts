/** Jobs that Slurm suspends: head, agents and workers, or some of these, stand still for longer than any silence lasts. */
import { setTimeout as sleep } from "node:timers/promises";
import { describeOnTestbed } from "@hyperion-ts/testbed";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { expectSound } from "./faults-checks.ts";
import { FaultCluster, type RunDir, untilSome, USER } from "./faults-cluster.ts";
import type { FaultRequest } from "./programs/faults-program.ts";

const SILENCE_MS = 4_000;
const TIMES = { heartbeatMs: 1_000, silenceMs: SILENCE_MS, headSilenceMs: SILENCE_MS };

vi.setConfig({ maxConcurrency: 4, testTimeout: 120_000 });

describeOnTestbed(describe)(
  "a job that is suspended for longer than a node may be silent goes on with all of its nodes",
  () => {
    let cluster: FaultCluster;
    beforeAll(async () => void (cluster = await FaultCluster.open(8)));
    afterAll(() => cluster[Symbol.asyncDispose]());

    const request = (nodes: number, type: "node-ssh" | "srun"): FaultRequest => ({
      width: 4 * nodes,
      ms: 300,
      goOn: true,
      options: { times: TIMES, reach: { transport: { type } } },
    });

    async function suspendAndResume(dir: RunDir, nodes: readonly string[]): Promise<void> {
      await untilSome("call running on each node", () =>
        nodes.every((node) => dir.running.some((note) => note.node === node)),
      );
      const jobIn = async (state: string) =>
        (await cluster.testbed.jobs()).find((one) => one.state === state && one.nodes.join() === nodes.join());
      const id = String((await jobIn("RUNNING"))?.id);
      await cluster.testbed.run("login", ["scontrol", "suspend", id]);
      await untilSome("suspended job", () => jobIn("SUSPENDED"));
      await sleep(3 * SILENCE_MS);
      await cluster.testbed.run("login", ["scontrol", "resume", id]);
      const { length } = dir.notes;
      await untilSome("call on each node", () =>
        nodes.every(
          (node) => dir.notes.slice(length).filter((note) => note.what === "begin" && note.node === node).length > 1,
        ),
      );
      dir.make("finish");
    }

    function expectKeptAll(dir: RunDir): void {
      expect(dir.eventsOf("node-lost")).toEqual([]);
      expectSound(dir);
    }

    test.concurrent.for([
      ["node-ssh", "n1", "n2"],
      ["srun", "n3", "n4"],
    ] as const)("under sbatch, over %s", async ([type, ...nodes]) => {
      const dir = await cluster.dir(`sbatch-${type}`);
      const args = ["-N2", "-w", nodes.join(","), "--exclusive", "-o", "out.txt"];
      const id = await cluster.testbed.sbatch(dir.script(request(2, type)), { user: USER, cwd: dir.inCluster, args });
      await suspendAndResume(dir, nodes);
      expect((await cluster.testbed.waitForJob(id)).state).toBe("COMPLETED");
      expectKeptAll(dir);
    });

    test.concurrent.for([
      ["node-ssh", "n5", "n6"],
      ["srun", "n7", "n8"],
    ] as const)("under salloc, whose head is not suspended, over %s", async ([type, ...nodes]) => {
      const dir = await cluster.dir(`salloc-${type}`);
      const run = cluster.testbed.run(
        "login",
        ["salloc", "--quiet", "-N2", "-w", nodes.join(","), "--exclusive", ...dir.command(request(2, type))],
        { user: USER, cwd: dir.inCluster },
      );
      await suspendAndResume(dir, nodes);
      expect(await run).toMatchObject({ exitCode: 0 });
      expectKeptAll(dir);
    });
  },
);
