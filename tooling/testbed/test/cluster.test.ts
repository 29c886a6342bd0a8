import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { testbed, testbedMissing } from "../src/index.ts";
import type { Testbed } from "../src/index.ts";

describe.skipIf(testbedMissing() !== null)("a cluster of six uneven nodes", () => {
  let cluster: Testbed;
  beforeAll(async () => {
    cluster = await testbed();
  });
  afterAll(async () => {
    await cluster[Symbol.asyncDispose]();
  });

  it("runs an ordinary user's srun on every node", async () => {
    const { stdout, stderr } = await cluster.run("login", ["srun", "-N6", "hostname"], { user: "alice" });
    expect(stderr).toBe("");
    expect(stdout.trim().split("\n").sort()).toEqual(["gpu1", "n1", "n2", "n3", "n4", "n5"]);
  });

  it("tells how a batch job ended, and where its output is", async () => {
    const id = await cluster.sbatch("#!/bin/sh\nwhoami\nexit 3\n", { user: "alice", args: ["-N2"] });
    const { state, exitCode, parts } = await cluster.waitForJob(id);
    expect({ state, exitCode, nodes: parts[0]?.nodes.length }).toEqual({ state: "FAILED", exitCode: 3, nodes: 2 });
    expect(await cluster.readFile(parts[0]?.outputFile ?? "")).toBe("alice\n");
  });

  it("lets users go from node to node by ssh, without a question", async () => {
    const hop = await cluster.run("n1", ["ssh", "login", "ssh gpu1 'hostname; whoami'"], { user: "alice" });
    expect(hop).toEqual({ exitCode: 0, stdout: "gpu1\nalice\n", stderr: "" });
  });
});
