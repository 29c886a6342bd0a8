import { describeOnTestbed } from "@hyperion-ts/testbed";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { quoted, ShapeCluster } from "./shapes-cluster.ts";

describeOnTestbed(describe)(
  "runJobLocal inside of a Slurm job whose node no cgroup divides",
  { timeout: 120_000 },
  () => {
    let cluster: ShapeCluster;
    beforeAll(async () => {
      cluster = await ShapeCluster.open([{ name: "n1", cpus: 4 }], {
        slurm: { SelectTypeParameters: "CR_CPU_Memory", DefMemPerCPU: "200" },
      });
    });
    afterAll(() => cluster[Symbol.asyncDispose]());

    const run = async (name: string, args: readonly string[], cpus: string, start = "exec"): Promise<string> => {
      const program = [
        "/opt/node/node",
        "/srv/checkout/packages/job/test/limits/programs/many-workers.ts",
        `/srv/runs/${name}`,
        cpus,
        "4",
      ];
      const { printed } = await cluster.sbatch(args, `${start} ${program.map(quoted).join(" ")}`);
      expect(printed).toContain('{"type":"done","calls":4}');
      return printed;
    };

    it("uses the job's CPUs and memory of the node, and says so", async () => {
      const printed = await run("job", ["-n1", "--mem=900"], "all");
      expect(printed).toMatch(/"type":"node-ready","node":"n1","cpus":1,/);
      expect(printed).toMatch(/The CPU and 900 MB of Slurm job \d+ are used of the \d+ that this process may use\./);
    });

    it("uses as many CPUs as a person wants", async () => {
      expect(await run("wanted", ["-n1"], "3")).toMatch(/"type":"node-ready","node":"n1","cpus":3,/);
    });

    it("tells no news of fewer CPUs, where a person wants no more", async () => {
      expect(await run("fewer", ["-n2"], "1")).toMatch(/"node":"n1","cpus":1,"pinned":false,"note":null/);
    });
  },
);
