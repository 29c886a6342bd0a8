/** A snapshot in a Slurm job, on several nodes. */
import { chmodSync, mkdirSync, mkdtempDisposableSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { describeOnTestbed, testbed } from "@hyperion-ts/testbed";
import { describe, expect, test } from "vitest";
import { moduleOf } from "./project.ts";

const root = resolve(import.meta.dirname, "../../../..");
const PROGRAMS = "/srv/checkout/packages/cluster/test/snapshot/programs";
const where = moduleOf(
  "slurm/where",
  "await setTimeout(500); return [hostname(), basename(f.module), edited];",
  `import { hostname } from "node:os";
   import { basename } from "node:path";
   import { setTimeout } from "node:timers/promises";
   import { edited } from "./edited.ts";`,
);

describeOnTestbed(describe)("a snapshot in a Slurm job", () => {
  test("runs on all nodes with the code of when it was made, though the sources are gone by then", async () => {
    using folder = mkdtempDisposableSync(join(tmpdir(), "hyperion-snapshot-"));
    const place = join(folder.path, "runs");
    mkdirSync(place);
    // The folder around it lets nobody else in.
    chmodSync(place, 0o777);
    symlinkSync("/srv/checkout/packages/cluster/node_modules", join(place, "node_modules"));
    writeFileSync(join(place, "where.ts"), where);
    writeFileSync(join(place, "edited.ts"), 'export const edited = "before";\n');
    await using cluster = await testbed({
      nodes: ["n1", "n2"].map((name) => ({ name, cpus: 1 })),
      share: [
        { from: root, to: "/srv/checkout" },
        { from: dirname(realpathSync(process.execPath)), to: "/opt/node" },
        { from: place, to: "/srv/runs" },
      ],
    });
    const make = ["/opt/node/node", `${PROGRAMS}/slurm-make.ts`, "/srv/runs/where.ts", "/srv/runs/alice/snapshots"];
    const made = await cluster.run("login", make, { user: "alice" });
    const { file, hash } = JSON.parse(made.stdout);
    rmSync(join(place, "where.ts"));
    writeFileSync(join(place, "edited.ts"), 'export const edited = "after";\n');

    const head = `exec /opt/node/node ${PROGRAMS}/slurm-head.ts ${file} ${hash} /srv/runs/alice/out 2`;
    const id = await cluster.sbatch(`#!/bin/sh\n${head}\n`, { user: "alice", args: ["-N2", "--ntasks-per-node=1"] });
    const { state, parts } = await cluster.waitForJob(id);
    const printed = await cluster.readFile(parts[0]?.outputFile ?? "");
    expect([state, printed]).toEqual(["COMPLETED", expect.any(String)]);
    expect(JSON.parse(printed).toSorted()).toEqual([
      ["n1", file.split("/").at(-1), "before"],
      ["n2", file.split("/").at(-1), "before"],
    ]);
  });
});
