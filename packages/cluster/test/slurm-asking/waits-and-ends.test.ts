/** Jobs on a real Slurm: why they wait, how they end, and what this package says of it. */
import { describeOnTestbed, type Testbed } from "@hyperion-ts/testbed";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { AskerProcess, askersTestbed, submit, USER } from "./asker-process.ts";

describeOnTestbed(describe)("of jobs on a real Slurm", () => {
  let cluster: Testbed;
  let asker: AskerProcess;

  beforeAll(async () => {
    cluster = await askersTestbed({
      nodes: ["n1", "n2", "n3"].map((name) => ({ name, cpus: 2 })),
      partitions: [{ name: "main" }, { name: "short", timeLimitMinutes: 1, slurm: { MaxNodes: "1" } }],
    });
    asker = new AskerProcess(cluster);
    // Something else runs, so that not all nodes are free.
    await submit(cluster, "something else", { args: ["--nodelist=n1"] }, "#!/bin/sh\nexec sleep 600\n");
  });
  afterAll(async () => {
    await asker[Symbol.asyncDispose]();
    await cluster[Symbol.asyncDispose]();
  });

  const nameOf = (what: string): string => `${what} | a b, %j "c"`;

  test.for([
    { reason: "Resources", change: "by-itself", args: ["--nodes=3", "--exclusive"] },
    { reason: "JobHeldUser", change: "person", args: ["--hold"] },
    { reason: "PartitionTimeLimit", change: "person", args: ["--partition=short", "--time=100"] },
    { reason: "PartitionNodeLimit", change: "person", args: ["--partition=short", "--nodes=2", "--time=1"] },
    { reason: "BeginTime", change: "by-itself", args: ["--begin=now+1hour"] },
    { reason: "DependencyNeverSatisfied", change: "person", args: ["--dependency=afterok:FAILED"] },
  ])("the reason $reason says whether a wait ends: $change", async ({ reason, change, args }) => {
    const failed = await submit(cluster, "failed", {}, "#!/bin/sh\nexit 1\n");
    await cluster.waitForJob(failed);
    const name = nameOf(reason);
    const jobId = await asker.submit(
      name,
      args.map((arg) => arg.replace("FAILED", String(failed))),
    );
    const view = await asker.until(reason, () =>
      asker.viewsOf(name).find((view) => view.kind === "seen" && view.reason === reason),
    );
    expect(view).toMatchObject({ phase: { kind: "pending" }, state: "PENDING", meaning: { change } });
    asker.ask({ what: "cancel", jobs: [{ jobId, name }] });
    expect(await asker.untilEnded(name)).toMatchObject({ kind: "cancelled", while: "pending", state: "CANCELLED" });
  });

  test.for([
    { what: "ends well", script: "exit 0", end: { kind: "completed", exitCode: 0 } },
    {
      what: "exits with 3",
      script: "echo last words; exit 3",
      end: { kind: "failed", exitCode: 3, signal: 0, lastLines: ["last words"] },
    },
    { what: "dies of SIGSEGV", script: "kill -SEGV $$", end: { kind: "failed", exitCode: 0, signal: 11 } },
    { what: "has a command that is not there", script: "exec no-such-command", end: { kind: "failed", exitCode: 127 } },
  ])("a script that $what", async ({ what, script, end }) => {
    const name = nameOf(what);
    await asker.submit(name, ["--output=/home/alice/%j.out"], `#!/bin/sh\n${script}\n`);
    expect(await asker.untilEnded(name)).toMatchObject({ ...end, hasEnded: true, toldBy: "scontrol" });
  });

  test("an output that can't be opened is named", async () => {
    await asker.submit("no output", ["--output=/no/such/directory/out"], "#!/bin/sh\nexit 0\n");
    const end = await asker.untilEnded("no output");
    expect(end).toMatchObject({ kind: "output-not-openable", outputFile: "/no/such/directory/out" });
    expect(end.sentence).toContain("/no/such/directory/out");
  });

  test("a working directory that is not there is told, though the job has run", async () => {
    await asker.submit(
      "no chdir",
      ["--chdir=/no/such/directory", "--output=/home/alice/chdir.out"],
      "#!/bin/sh\nexit 0\n",
    );
    const end = await asker.untilEnded("no chdir");
    expect(end).toMatchObject({ kind: "completed", noDirectory: "/no/such/directory" });
    expect(end.sentence).toContain("ran in /tmp");
  });

  test("a job that runs, and is cancelled, was cancelled while it ran", async () => {
    const jobId = await asker.submit("runs", ["--nodelist=n2"]);
    expect(await asker.untilState("runs", "RUNNING")).toMatchObject({
      nodes: ["n2"],
      meaning: { change: "by-itself" },
    });
    asker.ask({ what: "cancel", jobs: [{ jobId, name: "runs" }] });
    expect(await asker.untilEnded("runs")).toMatchObject({ kind: "cancelled", while: "running", nodes: ["n2"] });
  });

  test("a job that is put back into the queue has not ended, and is known to have begun anew", async () => {
    const jobId = await asker.submit("again", ["--requeue", "--nodelist=n2"]);
    await asker.untilState("again", "RUNNING");
    await cluster.run("login", ["scontrol", "requeue", String(jobId)], { user: USER });
    const again = await asker.until("restart", () =>
      asker.viewsOf("again").find((view) => view.kind === "seen" && view.restarts === 1 && view.state === "PENDING"),
    );
    expect(again).toMatchObject({ phase: { kind: "pending" } });
    asker.ask({ what: "end", jobId, name: "again" });
    const told = await asker.until("answer", (told) => told.find(({ what }) => what === "end"));
    expect(told).toMatchObject({ end: { kind: "requeued", hasEnded: false, restarts: 1 } });
    asker.ask({ what: "cancel", jobs: [{ jobId, name: "again" }] });
    await asker.untilEnded("again");
  });

  test("a job of another name has another end, and is not cancelled: ids are given again", async () => {
    const jobId = await submit(cluster, "a stranger", {}, "#!/bin/sh\nexec sleep 600\n");
    asker.ask({ what: "end", jobId, name: "ours" });
    const told = await asker.until("answer", (told) =>
      told.find((told) => told.what === "end" && told.name === "ours"),
    );
    expect(told).toMatchObject({ end: { kind: "forgotten", hasEnded: true } });
    asker.ask({ what: "cancel", jobs: [{ jobId, name: "ours" }] });
    const cancelled = await asker.until("cancelled", (told) =>
      told.find((told) => told.what === "cancelled" && told.cancelled.gone[0]?.name === "ours"),
    );
    expect(cancelled).toMatchObject({ cancelled: { left: [] } });
    await expect.poll(async () => (await cluster.job(jobId))[0]?.state, { timeout: 60_000 }).toBe("RUNNING");
  });

  test("a lost node ends a job that can't be put back, and that node is named", async () => {
    await asker.submit("lost", ["--no-requeue", "--nodelist=n3"]);
    await asker.untilState("lost", "RUNNING");
    await cluster.run("login", ["scontrol", "update", "NodeName=n3", "State=DOWN", "Reason=test"]);
    const end = await asker.untilEnded("lost");
    expect(end).toMatchObject({ kind: "node-failed", failedNodes: ["n3"] });
    expect(end.sentence).toContain("lost its node n3");
  });
});
