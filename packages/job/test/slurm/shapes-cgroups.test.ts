import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describeOnTestbed } from "@hyperion-ts/testbed";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { done } from "./shapes-checks.ts";
import { quoted, ShapeCluster } from "./shapes-cluster.ts";

const NODES = ["n1", "n2"] as const;
/** Slurm's order is no help to them: only the kernel's cpuset tells. */
const WITHOUT_SCONTROL = "export PATH=/srv/runs/broken:$PATH; ";

describeOnTestbed(describe, { cgroups: true })(
  "jobs that share nodes, where the kernel keeps each to its CPUs",
  { timeout: 180_000 },
  () => {
    let cluster: ShapeCluster;
    beforeAll(async () => {
      // Contain: each node of a job has its cgroup, also where no step runs.
      cluster = await ShapeCluster.open(
        NODES.map((name) => ({ name, cpus: 2 })),
        { cgroups: true, slurm: { PrologFlags: "Contain" } },
      );
      mkdirSync(cluster.path("broken"));
      writeFileSync(join(cluster.path("broken"), "scontrol"), "#!/bin/sh\nexit 1\n");
      chmodSync(join(cluster.path("broken"), "scontrol"), 0o755);
    });
    afterAll(() => cluster[Symbol.asyncDispose]());

    /** Another job with one CPU of each node; what it may use there. */
    const neighbour = async (
      user: string,
    ): Promise<{ readonly id: number; readonly cpus: Readonly<Record<string, string>> }> => {
      const file = (node: string): string => `neighbour-${user}-${node}`;
      const step = `sed -n "s/^Cpus_allowed_list:[[:space:]]*//p" /proc/self/status > /srv/runs/${file("$SLURMD_NODENAME")}; exec sleep 1000`;
      const id = await cluster.testbed.sbatch(`#!/bin/sh\nexec srun sh -c ${quoted(step)}\n`, {
        user,
        args: ["-N2", "-n2", "--mem=100"],
      });
      const written = (): boolean =>
        NODES.every(
          (node) =>
            existsSync(cluster.path(file(node))) && readFileSync(cluster.path(file(node)), "utf8").trim() !== "",
        );
      await expect.poll(written, { timeout: 30_000 }).toBe(true);
      return {
        id,
        cpus: Object.fromEntries(NODES.map((node) => [node, readFileSync(cluster.path(file(node)), "utf8").trim()])),
      };
    };

    it.each([
      ["another user's", "bob", ""],
      ["one of our own", "alice", WITHOUT_SCONTROL],
    ])(
      "%s is left alone on both nodes, also on the one that is reached by ssh, whose session may use all CPUs",
      async (title, user, before) => {
        const { id, cpus } = await neighbour(user);
        const name = `beside-${user}`;
        const { printed } = await cluster.sbatch(
          ["-N2", "-n2", "--mem=400"],
          `${before}${cluster.script(name, { together: 2 })}`,
        );
        await cluster.testbed.run("login", ["scancel", String(id)]);
        const { sights, cpusPerNode } = done(cluster.outcomes(name), printed);
        expect(Object.fromEntries(cpusPerNode), title).toEqual({ n1: 1, n2: 1 });
        const allowed = Object.fromEntries(
          NODES.map((node) => [
            node,
            [...new Set(sights.filter((sight) => sight.node === node).map((sight) => sight.allowed))],
          ]),
        );
        for (const node of NODES) {
          expect(["0", "1"]).toContain(cpus[node]);
          expect(allowed[node], printed).toEqual([cpus[node] === "0" ? "1" : "0"]);
        }
      },
    );

    it("a call that uses more memory than the job has is named as out of memory, with the limit and what to do", async () => {
      const program = [
        "/opt/node/node",
        "/srv/checkout/packages/job/test/limits/programs/hungry.ts",
        "/srv/runs/hungry",
        "600",
      ];
      const { printed } = await cluster.sbatch(
        ["-w", "n1", "-n2", "--mem=500"],
        `exec ${program.map(quoted).join(" ")}`,
      );
      expect(printed).toMatch(
        /the kernel killed the worker: the limit of 500 MB of memory is reached \(.*memory\.limit_in_bytes\)\. Reserve memory .* --mem-per-cpu/,
      );
      expect(printed).toContain('"type":"done"');
    });

    it("a local run in a job has what the kernel leaves, and needs no word", async () => {
      const program = [
        "/opt/node/node",
        "/srv/checkout/packages/job/test/limits/programs/many-workers.ts",
        "/srv/runs/local",
        "all",
        "2",
      ];
      const { printed } = await cluster.sbatch(
        ["-w", "n1", "-n1", "--mem=400"],
        `exec ${program.map(quoted).join(" ")}`,
      );
      expect(printed).toMatch(/"type":"node-ready","node":"n1","cpus":1,"pinned":true,"note":null/);
      expect(printed).not.toContain('"type":"log"');
    });
  },
);
