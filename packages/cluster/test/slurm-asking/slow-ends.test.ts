/** Ends that Slurm takes its time for; they go on beside each other. */
import { describeOnTestbed, type Testbed } from "@hyperion-ts/testbed";
import type { SlurmJobId } from "@hyperion-ts/slurm-env";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { AskerProcess, askersTestbed, submit, USER } from "./asker-process.ts";

describeOnTestbed(describe)("of jobs on a Slurm that forgets them seconds after their end", () => {
  let cluster: Testbed;
  let asker: AskerProcess;
  let unseen: SlurmJobId;
  let untold: SlurmJobId;

  beforeAll(async () => {
    cluster = await askersTestbed({
      nodes: ["n1", "n2", "n3"].map((name) => ({ name, cpus: 4 })),
      slurm: { MinJobAge: "2" },
    });
    asker = new AskerProcess(cluster);
    const limited = await asker.submit("limited", ["--nodelist=n1", "--output=/home/alice/%x.out"]);
    unseen = await submit(
      cluster,
      "unseen",
      { args: ["--nodelist=n1", "--output=/home/alice/%x.out"] },
      "#!/bin/sh\nexec sleep 600\n",
    );
    for (const name of ["lost", "lost, goes on"])
      await asker.submit(name, [name === "lost" ? "--no-requeue" : "--requeue", "--nodelist=n2"]);
    await asker.submit("abandoned", ["--no-kill", "--nodes=2", "--nodelist=n2,n3"]);
    for (const name of ["limited", "lost", "lost, goes on", "abandoned"]) await asker.untilState(name, "RUNNING");
    // A time limit is a minute at least, but an end that is near is one too.
    for (const id of [limited, unseen])
      await cluster.run("login", ["scontrol", "update", `JobId=${id}`, "EndTime=now+1seconds"]);
    await cluster.fault.stop("n2");
    untold = await submit(cluster, "untold", { args: ["--nodelist=n3"] }, "#!/bin/sh\nexit 0\n");
  });
  afterAll(async () => {
    await asker[Symbol.asyncDispose]();
    await cluster[Symbol.asyncDispose]();
  });

  async function untilForgotten(jobId: SlurmJobId): Promise<void> {
    await expect
      .poll(
        async () => (await cluster.run("login", ["scontrol", "show", "job", String(jobId)], { user: USER })).stderr,
        {
          timeout: 120_000,
        },
      )
      .toMatch(/Invalid job id/);
  }

  test("a job that Slurm has forgotten is forgotten, which is no failure", async () => {
    await untilForgotten(untold);
    asker.ask({ what: "watch", jobId: untold, name: "untold" });
    const end = await asker.untilEnded("untold");
    expect(end).toMatchObject({ kind: "forgotten", toldBy: "nobody", hasEnded: true });
    expect(end.sentence).toContain("not known to Slurm any more");
  });

  test("a lost node ends one job, and puts another one back into the queue: that one has not ended", async () => {
    expect(await asker.untilEnded("lost")).toMatchObject({ kind: "node-failed", failedNodes: ["n2"] });
    await asker.until("restart", () =>
      asker
        .viewsOf("lost, goes on")
        .find((view) => view.kind === "seen" && view.restarts === 1 && view.state === "PENDING"),
    );
    expect(asker.endOf("lost, goes on")).toBeUndefined();
  });

  test("a job whose script was on the lost node goes on for Slurm, and only a person can end it", async () => {
    const view = await asker.until("sign of that", () =>
      asker.viewsOf("abandoned").find((view) => view.kind === "seen" && view.abandoned),
    );
    expect(view).toMatchObject({ state: "RUNNING", nodes: ["n3"], meaning: { change: "person" } });
    expect(asker.endOf("abandoned")).toBeUndefined();
  });

  test("a job that comes to its time limit has, and one that Slurm has forgotten since tells it by its output", async () => {
    expect(await asker.untilEnded("limited")).toMatchObject({ kind: "timed-out", nodes: ["n1"], toldBy: "scontrol" });
    await untilForgotten(unseen);
    asker.ask({ what: "end", jobId: unseen, name: "unseen", outputFile: "/home/alice/unseen.out" });
    const told = await asker.until("end", (told) => told.find(({ what }) => what === "end"));
    expect(told).toMatchObject({ end: { kind: "timed-out", toldBy: "output" } });
  });
});
