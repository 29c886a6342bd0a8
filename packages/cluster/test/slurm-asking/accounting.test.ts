/** What only memory cgroups and the accounting can tell. */
import { describeOnTestbed, type Testbed } from "@hyperion-ts/testbed";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { AskerProcess, askersTestbed, USER } from "./asker-process.ts";

const GREEDY = `#!/bin/sh\nexec perl -e 'my $x = "x" x 400_000_000; sleep 60'\n`;

describeOnTestbed(describe, { cgroups: true, accounting: true })(
  "of jobs on a Slurm with accounting and memory limits",
  () => {
    let cluster: Testbed;
    let asker: AskerProcess;
    beforeAll(async () => {
      cluster = await askersTestbed({
        cgroups: true,
        accounting: true,
        nodes: [{ name: "n1", cpus: 1, memoryMb: 1_000 }],
      });
      asker = new AskerProcess(cluster);
    });
    afterAll(async () => {
      await asker[Symbol.asyncDispose]();
      await cluster[Symbol.asyncDispose]();
    });

    test("a script that needs more memory than it has is out of memory", async () => {
      await asker.submit("batch", ["--mem=50"], GREEDY);
      expect(await asker.untilEnded("batch")).toMatchObject({ kind: "out-of-memory", nodes: ["n1"] });
    });

    test("so is a job that fails because a step of it was", async () => {
      await asker.submit(
        "step",
        ["--mem=50", "--output=/home/alice/%x.out"],
        `#!/bin/sh\nsrun ${GREEDY.split("exec ")[1]?.trim()} || exit 7\n`,
      );
      expect(await asker.untilEnded("step")).toMatchObject({ kind: "out-of-memory", nodes: ["n1"] });
    });

    test("who has cancelled a job is known", async () => {
      for (const by of [USER, "root"]) {
        const jobId = await asker.submit(`cancelled by ${by}`, ["--mem=50"]);
        await asker.untilState(`cancelled by ${by}`, "RUNNING");
        await cluster.run("login", ["scancel", String(jobId)], { user: by });
        const end = await asker.untilEnded(`cancelled by ${by}`);
        expect(end).toMatchObject({ kind: "cancelled", while: "running" });
        await expect
          .poll(
            async () => {
              const { length } = asker.told;
              asker.ask({ what: "end", jobId, name: `cancelled by ${by}` });
              return asker.until("end", (told) => told.slice(length).find(({ what }) => what === "end"));
            },
            { timeout: 60_000 },
          )
          .toMatchObject({ end: { byUserId: by === "root" ? 0 : 20_001 } });
      }
    });
  },
);
