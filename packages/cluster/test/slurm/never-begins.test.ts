/** Jobs that can't begin, or not as they should: what the person is told. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { describeOnTestbed } from "@hyperion-ts/testbed";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ProgramCluster } from "./program-cluster.ts";
import type { ProgramOutcome } from "./programs/squares-program.ts";

describeOnTestbed(describe)("a job that can't begin", () => {
  let cluster: ProgramCluster;
  beforeAll(async () => void (cluster = await ProgramCluster.open(2)));
  afterAll(() => cluster[Symbol.asyncDispose]());

  function expectFailure(outcome: ProgramOutcome | undefined, printed: string, words: RegExp, name = "JobError"): void {
    expect(outcome, printed).toMatchObject({ kind: "failed", name, message: expect.stringMatching(words) });
    expect(printed).toMatch(words);
  }

  test.concurrent("because its preamble fails", async () => {
    const dir = await cluster.dir("preamble");
    const { outcome, printed } = await dir.run({
      jobs: [[1]],
      sbatch: { scriptPreamble: "echo no such module >&2\nexit 3\n" },
    });
    expectFailure(outcome, printed, /script ended with exit code 3 on n\d\.[^]*\| no such module/);
  });

  test.concurrent("because its directory is gone", async () => {
    const dir = await cluster.dir("gone");
    const running = dir.start({ jobs: [[1]], sbatch: { further: ["--hold"] } });
    const job = await running.job();
    await cluster.isIn("PENDING", job);
    for (const folder of dir.jobFolders) rmSync(join(dir.path, "jobs", folder), { recursive: true });
    await cluster.command("scontrol", "release", job);
    const { printed } = await running.ended;
    expectFailure(
      dir.outcome,
      printed,
      // Slurm 26.05 makes the folder, in which nobody has put a job.
      /never began: its node could not open the file of its output, \/srv\/runs\/gone\/jobs\/|exit code 1 on n\d\.[^]*\| NotOursError: \/srv\/runs\/gone\/jobs\/.* may be entered by others/,
    );
  });

  test.concurrent("because its nodes have no such Node", async () => {
    const dir = await cluster.dir("node");
    await cluster.command("cp", "/opt/node/node", "/dev/shm/node");
    const { outcome, printed } = await dir.run({ jobs: [[1]] }, { node: "/dev/shm/node" });
    expectFailure(outcome, printed, /exit code 127 on n\d\.[^]*not found[^]*\| .*\/dev\/shm\/node: not found/);
  });

  test.concurrent("because the program throws when it is loaded", async () => {
    const dir = await cluster.dir("load");
    dir.edit(
      (source) => `${source}\nif (process.env["SLURM_JOB_ID"] !== undefined) throw new Error("no licence here");\n`,
    );
    const { outcome, printed } = await dir.run({ jobs: [[1]] });
    expectFailure(
      outcome,
      printed,
      /fails when it is imported: no licence here\n.*Error: no licence here\n.*\/srv\/runs\/load\/src\/squares\.ts:\d+:\d+/,
    );
  });

  test.concurrent("because there is no such partition", async () => {
    const dir = await cluster.dir("partition");
    const { outcome, printed } = await dir.run({ jobs: [[1]], sbatch: { partition: "nowhere" } });
    expectFailure(outcome, printed, /There is no such partition: `sinfo --summarize` lists them/, "SubmissionError");
    expect(printed).toMatch(/sbatch --parsable .*--partition=nowhere/);
  });
});
