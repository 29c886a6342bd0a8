import { once } from "node:events";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { describeOnTestbed, testbed } from "../src/index.ts";
import type { Testbed } from "../src/index.ts";

describeOnTestbed(describe)("faults", () => {
  let cluster: Testbed;
  beforeAll(async () => {
    const nodes = ["n1", "n2", "n3", "n4"].map((name) => ({ name, cpus: 2 }));
    // Slurm gives nodes up sooner than by default.
    cluster = await testbed({ nodes });
  });
  afterAll(async () => {
    await cluster[Symbol.asyncDispose]();
  });
  const sshTrue = (node: string, ...options: readonly string[]): Promise<{ exitCode: number; stderr: string }> =>
    cluster.run("login", ["ssh", ...options, node, "true"], { user: "alice" });

  it("slow makes a round trip longer, as much as was asked for, and heal takes that away", async () => {
    const roundTripMs = async (): Promise<number> => {
      // bash opens a connection and returns when the other side has answered; the least of some shows no hiccup.
      const open =
        "for i in 1 2 3; do s=$EPOCHREALTIME; : </dev/tcp/n1/22; e=$EPOCHREALTIME; echo $(((${e/./} - ${s/./}))); done";
      const { stdout } = await cluster.run("login", ["bash", "-c", open]);
      return Math.min(...stdout.trim().split("\n").map(Number)) / 1000;
    };
    const before = await roundTripMs();
    await cluster.fault.slow("n1", { delayMs: 150 });
    const slow = await roundTripMs();
    await cluster.fault.slow("n1", { delayMs: 300 });
    const slower = await roundTripMs();
    expect({ unlikeBefore: slow / before > 10, likeTwice: slower / slow > 1.6 && slower / slow < 2.4 }).toEqual({
      unlikeBefore: true,
      likeTwice: true,
    });
    const bulk = await cluster.run("login", ["ssh", "n1", "head -c 1000000 /dev/zero"]);
    expect({ ...bulk, stdout: bulk.stdout.length }).toEqual({ exitCode: 0, stdout: 1_000_000, stderr: "" });
    await cluster.fault.heal("n1");
    expect((await roundTripMs()) < slow / 2).toBe(true);
  });

  it("a killed sshd refuses who comes, keeps who is there unless told otherwise, and comes back", async () => {
    const session = cluster.spawn("login", ["ssh", "n1", "cat"], { user: "alice" });
    const said = text(session.stdout ?? Readable.from([]));
    session.stdin?.write("before ");
    await expect
      .poll(() => cluster.processes("n1").some(({ argv }) => argv[0] === "cat"), { timeout: 60_000 })
      .toBe(true);
    await cluster.fault.killSshd("n1");
    expect((await sshTrue("n1")).stderr).toContain("Connection refused");
    session.stdin?.end("and after");
    expect(await said).toBe("before and after");

    await cluster.fault.heal("n1");
    const other = cluster.spawn("login", ["ssh", "n1", "cat"], { user: "alice" });
    await expect
      .poll(() => cluster.processes("n1").some(({ argv }) => argv[0] === "cat"), { timeout: 60_000 })
      .toBe(true);
    await cluster.fault.killSshd("n1", { sessions: true });
    expect(await once(other, "close")).toEqual([255, null]);
    await cluster.fault.heal("n1");
    expect((await sshTrue("n1")).exitCode).toBe(0);
  });

  it("nodes that are cut, without slurmd or without power go down in Slurm, lose their jobs, and come back", async () => {
    const lost = ["n2", "n3", "n4"] as const;
    const onEach = await Promise.all(
      lost.map((node) => cluster.sbatch("#!/bin/sh\nsleep 600\n", { args: ["--no-requeue", "-w", node] })),
    );
    await expect
      .poll(async () => (await cluster.jobs()).filter(({ state }) => state === "RUNNING").length, { timeout: 60_000 })
      .toBe(lost.length);
    await expect
      .poll(() => cluster.processes("n2").map(({ argv }) => argv.join(" ")), { timeout: 30_000 })
      .toContain("sleep 600");
    await cluster.fault.cut("n2");
    await cluster.fault.killSlurmd("n3");
    await cluster.fault.stop("n4");

    expect((await sshTrue("n2", "-o", "ConnectTimeout=1")).stderr).toMatch(/timed out|No route to host/);
    expect((await sshTrue("n3")).exitCode).toBe(0);
    expect(cluster.processes("n2").map(({ argv }) => argv.join(" "))).toContain("sleep 600");
    expect(cluster.processes("n4")).toEqual([]);
    await expect(cluster.run("n4", ["true"])).rejects.toThrow("n4 is stopped");

    await Promise.all(lost.map((node) => cluster.waitForNode(node, "down", { timeoutMs: 120_000 })));
    expect((await cluster.nodeStates()).filter(({ responds }) => !responds).map(({ name }) => name)).toEqual(lost);
    expect((await Promise.all(onEach.map((id) => cluster.waitForJob(id)))).map(({ state }) => state)).toEqual(
      lost.map(() => "NODE_FAIL"),
    );

    await Promise.all(lost.map((node) => cluster.fault.heal(node)));
    expect(
      (await cluster.run("login", ["srun", "-N4", "hostname"], { user: "alice" })).stdout.trim().split("\n").sort(),
    ).toEqual(["n1", ...lost]);
    expect((await Promise.all(lost.map((node) => sshTrue(node)))).map(({ exitCode }) => exitCode)).toEqual([0, 0, 0]);
  });

  it("the login node can break, too: nobody can submit until it is healed", async () => {
    await cluster.fault.stop("login");
    await expect(cluster.sbatch("#!/bin/sh\n")).rejects.toThrow("login is stopped");
    expect((await cluster.run("n1", ["ssh", "-o", "ConnectTimeout=1", "n2", "hostname"])).stdout).toBe("n2\n");
    await cluster.fault.heal("login");
    const { state } = await cluster.waitForJob(await cluster.sbatch("#!/bin/sh\n", { user: "alice" }));
    expect(state).toBe("COMPLETED");
  });
});
