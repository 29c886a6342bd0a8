/** The demo with --slurm, as a person runs it on a login node. */
import { chmodSync, mkdirSync, mkdtempDisposableSync, realpathSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { describeOnTestbed, testbed } from "@hyperion-ts/testbed";
import { describe, expect, test } from "vitest";

const root = resolve(import.meta.dirname, "../../../..");

describeOnTestbed(describe)("the demo on a login node", () => {
  test("submits three jobs of two nodes at once, prints the table that this machine prints, and submits nothing again", async () => {
    using folder = mkdtempDisposableSync(join(tmpdir(), "hyperion-ts-demo-"));
    const place = join(folder.path, "runs");
    mkdirSync(place);
    // As /tmp: job directories are for one user, so no other may be able to put another one in the place of theirs.
    chmodSync(place, 0o1777);
    await using cluster = await testbed({
      nodes: ["n1", "n2", "n3", "n4", "n5", "n6"].map((name) => ({ name, cpus: 2 })),
      share: [
        { from: root, to: "/srv/checkout" },
        { from: dirname(realpathSync(process.execPath)), to: "/opt/node" },
        { from: place, to: "/srv/runs" },
      ],
    });
    const demo = async (...args: readonly string[]) => {
      const argv = [
        "/opt/node/node",
        "/srv/checkout/apps/demo/src/main.ts",
        "--points",
        "4",
        "--work-ms",
        "0",
        ...args,
      ];
      const { exitCode, stdout, stderr } = await cluster.run("login", argv, { user: "alice", cwd: "/srv/runs" });
      expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
      const [table = "", summary = ""] = stdout.split("\n\n");
      return { table, summary };
    };

    const first = await demo("--slurm");
    expect(first.summary).toBe(
      "12 brackets: 12 computed now, 0 from earlier runs (/srv/runs/out/demo/results.sqlite).\n",
    );
    const jobs = await cluster.jobs();
    // The program has their values a moment before they have ended.
    const ended = await Promise.all(jobs.map(({ id }) => cluster.waitForJob(id)));
    expect(ended.map(({ state }) => state)).toEqual(["COMPLETED", "COMPLETED", "COMPLETED"]);
    expect(jobs.map(({ nodes }) => nodes.length)).toEqual([2, 2, 2]);
    expect(new Set(jobs.flatMap(({ nodes }) => nodes)).size).toBe(6);

    const second = await demo("--slurm");
    const nothing =
      "Nothing was computed: all 12 brackets are from earlier runs (/srv/runs/out/demo/results.sqlite).\n";
    expect(second).toEqual({ table: first.table, summary: nothing });
    expect(await cluster.jobs()).toHaveLength(3);

    // Without Slurm the same program finds what its jobs have computed, and computes the same by itself.
    expect(await demo()).toEqual(second);
    expect((await demo("--dir", "here")).table).toBe(first.table);
    expect(await cluster.jobs()).toHaveLength(3);
  });
});
