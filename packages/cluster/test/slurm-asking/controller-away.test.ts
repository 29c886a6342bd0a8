/** A controller that is away, hangs, or comes back with an older state: nothing ends for that. */
import { describeOnTestbed, type Testbed } from "@hyperion-ts/testbed";
import type { SlurmJobId } from "@hyperion-ts/slurm-env";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { AskerProcess, askersTestbed, submit } from "./asker-process.ts";

describeOnTestbed(describe)("while Slurm's controller", () => {
  let cluster: Testbed;
  let asker: AskerProcess;

  beforeAll(async () => {
    cluster = await askersTestbed({ nodes: [{ name: "n1", cpus: 8 }], slurm: { MessageTimeout: "2" } });
    asker = new AskerProcess(cluster, "1500");
    for (const [name, ...args] of [["runs"], ["waits", "--hold"]] as const) await asker.submit(name, args);
    await asker.untilState("runs", "RUNNING");
    await asker.until("reason", () =>
      asker.viewsOf("waits").find((view) => view.kind === "seen" && view.reason === "JobHeldUser"),
    );
  });
  afterAll(async () => {
    await asker[Symbol.asyncDispose]();
    await cluster[Symbol.asyncDispose]();
  });

  const noticed = (kind: string, times: number): Promise<true> =>
    asker.until(`${kind} ${times}`, () =>
      asker.notices.filter((one) => one.kind === kind).length === times ? true : undefined,
    );

  async function age(): Promise<number> {
    const { length } = asker.told;
    asker.ask({ what: "age" });
    const told = await asker.until("age", (told) => told.slice(length).find(({ what }) => what === "age"));
    return told.what === "age" ? told.ageMs : Number.NaN;
  }

  test.for([
    { is: "is stopped", times: 1, break: () => cluster.fault.stopSlurmctld() },
    { is: "hangs", times: 2, break: () => cluster.fault.hangSlurmctld() },
  ])("$is, what is known grows old, and nothing has ended", async ({ times, break: stop }) => {
    const { length } = asker.told;
    await stop();
    await noticed("no-answer", times);
    const first = await age();
    await expect.poll(age, { timeout: 60_000 }).toBeGreaterThan(first + 3_000);
    await cluster.fault.startSlurmctld();
    await noticed("answers-again", times);
    expect(asker.told.slice(length).filter(({ what }) => what === "view")).toEqual([]);
    expect(asker.notices.filter(({ kind }) => kind === "no-answer")).toHaveLength(times);
    expect(await age()).toBeLessThan(first + 3_000);
  });

  test("is away, jobs that are to be cancelled are left, and said to be; and once it is back they go", async () => {
    const names = ["one", "two", "three"];
    const jobs: { jobId: SlurmJobId; name: string }[] = [];
    for (const name of names)
      jobs.push({
        name,
        jobId: await submit(cluster, name, { args: name === "two" ? ["--hold"] : [] }, "#!/bin/sh\nexec sleep 600\n"),
      });
    await cluster.fault.stopSlurmctld();
    asker.ask({ what: "cancel", jobs, timeLimitMs: 2_000 });
    const first = await asker.until("cancelled", (told) =>
      told.find((told) => told.what === "cancelled" && told.cancelled.left.length === 3),
    );
    expect(first).toMatchObject({ cancelled: { gone: [], left: jobs } });
    const { length } = asker.told;
    asker.ask({ what: "cancel", jobs });
    await cluster.fault.startSlurmctld();
    const second = await asker.until("cancelled", (told) =>
      told.slice(length).find(({ what }) => what === "cancelled"),
    );
    expect(second).toMatchObject({ cancelled: { gone: jobs, left: [] } });
    const states = (await cluster.jobs()).filter(({ name }) => names.includes(name)).map(({ state }) => state);
    expect(states).toEqual(["CANCELLED", "CANCELLED", "CANCELLED"]);
  });
});
