import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { describeOnTestbed, testbed } from "../src/index.ts";
import type { Testbed } from "../src/index.ts";

describeOnTestbed(describe)("faults of the controller", () => {
  let cluster: Testbed;
  beforeAll(async () => {
    cluster = await testbed({ nodes: [{ name: "n1", cpus: 2 }], slurm: { MessageTimeout: "2" } });
  });
  afterAll(async () => {
    await cluster[Symbol.asyncDispose]();
  });
  const sbatch = (): Promise<{ exitCode: number; stderr: string }> =>
    cluster.run("login", ["sbatch"], { user: "alice", input: "#!/bin/sh\n" });
  const longJob = async (): Promise<Awaited<ReturnType<Testbed["sbatch"]>>> => {
    const before = sleeps();
    const id = await cluster.sbatch("#!/bin/sh\nexec sleep 1000\n", { user: "alice" });
    // It runs for Slurm before its script has begun.
    await expect.poll(sleeps, { timeout: 30_000 }).toBe(before + 1);
    expect((await cluster.job(id))[0]?.state).toBe("RUNNING");
    return id;
  };
  const sleeps = (): number => cluster.processes("n1").filter(({ argv }) => argv[0] === "sleep").length;

  it("a stopped one can't be reached, and knows its jobs when it is started", async () => {
    const id = await longJob();
    await cluster.fault.stopSlurmctld();
    await cluster.fault.stopSlurmctld();
    expect(await sbatch()).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining("Unable to contact slurm controller"),
    });
    expect(sleeps()).toBe(1);
    await cluster.fault.startSlurmctld();
    expect((await cluster.job(id))[0]?.state).toBe("RUNNING");
    await cluster.run("login", ["scancel", String(id)]);
    expect((await cluster.waitForJob(id)).state).toBe("CANCELLED");
  });

  it("one that hangs lets commands wait until they give up, and goes on; so it does when login is healed", async () => {
    for (const goOn of [() => cluster.fault.startSlurmctld(), () => cluster.fault.heal("login")]) {
      await cluster.fault.hangSlurmctld();
      expect(await sbatch()).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("Socket timed out") });
      await goOn();
      expect((await sbatch()).exitCode).toBe(0);
    }
    await cluster.fault.hangSlurmctld();
    await cluster.fault.stopSlurmctld();
    await cluster.fault.startSlurmctld();
  });

  it("one that starts with an older state has never heard of later jobs, ends them, and gives their numbers again", async () => {
    const known = await longJob();
    await cluster.fault.saveSlurmctldState("before");
    const later = await longJob();
    expect(sleeps()).toBe(2);
    await cluster.fault.startSlurmctld({ state: "before" });
    expect((await cluster.job(known))[0]?.state).toBe("RUNNING");
    await expect(cluster.job(later)).rejects.toThrow("Invalid job id specified");
    await expect.poll(sleeps, { timeout: 60_000 }).toBe(1);
    // slurmd may refuse it: it has ended a job of that number.
    expect(await cluster.sbatch("#!/bin/sh\n", { user: "alice" })).toBe(later);
    await expect(cluster.fault.startSlurmctld({ state: "after" })).rejects.toThrow(
      'No state of slurmctld was saved as "after": there is before.',
    );
    await expect(cluster.fault.saveSlurmctldState("../before")).rejects.toThrow('use letters, digits and "-"');
  });

  it("a controller on a node without power can't be broken", async () => {
    await cluster.fault.stop("login");
    await expect(cluster.fault.hangSlurmctld()).rejects.toThrow("login is stopped");
    await cluster.fault.heal("login");
  });
});

describeOnTestbed(describe)("sbatchLatencyMs", () => {
  it("lets sbatch wait; who gives up has submitted all the same", async () => {
    await using cluster = await testbed({ nodes: [{ name: "n1", cpus: 1 }], sbatchLatencyMs: 1500 });
    const takesMs = async (...command: readonly string[]): Promise<number> => {
      const start = performance.now();
      const { exitCode, stderr } = await cluster.run("login", command, { user: "alice", input: "#!/bin/sh\n" });
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
      return performance.now() - start;
    };
    expect(await takesMs("sbatch")).toBeGreaterThan(1500);
    expect(
      (await cluster.run("login", ["timeout", "0.7", "sbatch"], { user: "alice", input: "#!/bin/sh\n" })).exitCode,
    ).toBe(124);
    await expect.poll(async () => (await cluster.jobs()).length, { timeout: 30_000 }).toBe(2);
  });
});
