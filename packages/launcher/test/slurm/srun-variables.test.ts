/** Variables that srun would take for options of its own. People set them, for themselves or by other options of their job. */
import { describeOnTestbed } from "@hyperion-ts/testbed";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ClusterHead, clusterForTests } from "./cluster-head.ts";
import { SRUN_INPUT_VARIABLES } from "../../../transport/test/srun-input-variables.ts";

describeOnTestbed(describe)("a head whose environment is full of options for srun", () => {
  const cluster = clusterForTests({
    nodes: [
      { name: "n1", cpus: 2 },
      { name: "n2", cpus: 2 },
    ],
  });
  let jobId = "";
  let head: ClusterHead;
  beforeAll(async () => {
    const { stderr } = await cluster().run("login", ["salloc", "--no-shell", "-N2"], { user: "alice" });
    jobId = /allocation (\d+)/.exec(stderr)?.[1] ?? "";
    head = new ClusterHead(cluster(), { env: { ...SRUN_INPUT_VARIABLES, SLURM_JOB_ID: jobId } });
  });
  afterAll(() => head[Symbol.asyncDispose]());

  // SLURM_UNBUFFEREDIO, SLURM_DEBUG, SLURM_NO_KILL, SLURM_RESV_PORTS, SLURM_CONSTRAINT, SLURM_CLUSTERS, SLURM_GPUS and SLURM_GRES among them.
  test.each([
    ["over TLS", true],
    ["on srun's own streams", false],
  ])("reaches both nodes %s", async (_, tls) => {
    const opened = await Promise.all(
      ["n1", "n2"].map((host) => head.open(host, { reach: { transport: { type: "srun" }, tls, attempts: 1 } })),
    );
    expect(await Promise.all(opened.map((node) => node.call("square", 3)))).toEqual([9, 9]);
    await Promise.all(opened.map((node) => node.close()));
    expect(head.logged).toEqual([]);
  });

  test("has workers with these variables, in its own directory, as by any transport", async () => {
    const names = ["SLURM_UNBUFFEREDIO", "SLURM_CONSTRAINT", "SRUN_EXPORT_ENV", "SLURM_JOB_ID", "SLURM_WORKING_DIR"];
    const node = await head.open("n2", { reach: { transport: { type: "srun" } } });
    expect(await node.call("place", names)).toEqual({
      host: "n2",
      directory: "/home/alice",
      variables: ["1", "fast", "NONE", jobId, "/nowhere"],
    });
    await node.close();
  });
});
