/** Jobs that can't begin, or not as they should: what the person is told. */
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describeOnTestbed } from "@hyperion-ts/testbed";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ProgramCluster } from "./program-cluster.ts";
import type { ProgramOutcome } from "./programs/squares-program.ts";

describeOnTestbed(describe)("a job that can't begin", () => {
  let cluster: ProgramCluster;
  beforeAll(async () => void (cluster = await ProgramCluster.open(6)));
  afterAll(() => cluster[Symbol.asyncDispose]());

  /** Tests don't take each other's nodes. */
  const on = (...nodes: readonly number[]) => ({
    exclude: [1, 2, 3, 4, 5, 6].filter((i) => !nodes.includes(i)).map((i) => `n${i}`),
  });

  function expectFailure(outcome: ProgramOutcome | undefined, printed: string, words: RegExp, name = "JobError"): void {
    expect(outcome, printed).toMatchObject({ kind: "failed", name, message: expect.stringMatching(words) });
    expect(printed).toMatch(words);
  }

  test.concurrent("because its preamble fails on one node, twice: others run without that node, also in the next run", async () => {
    const dir = await cluster.dir("broken");
    const sbatch = { ...on(1, 2), scriptPreamble: 'test "$SLURMD_NODENAME" != n1 || exit 4\n' };
    const request = { jobs: [[1], [2], [3]], sbatch, options: { maxSlurmJobs: 1, longestPauseMs: 2_000 } };
    const first = await dir.run({ ...request, settled: true });
    expect(first.outcome, first.printed).toMatchObject({ kind: "settled", errors: [{}, {}] });
    expect(first.printed).toMatch(/Node n1 is left out from now on .*Slurm jobs \d+ and \d+ failed there/);
    const { outcome, printed } = await dir.run({ ...request, options: {} });
    expect(outcome, printed).toMatchObject({ kind: "done", jobs: [[1], [4], [9]] });
    expect(printed).toMatch(/Node n1 is left out/);
    const [ended = ""] = readdirSync(join(dir.path, "jobs/ended"));
    expect(readFileSync(join(dir.path, "jobs/ended", ended, "submit.sh"), "utf8")).toMatch(/--exclude=\S*,n1\b/);
  });

  test.concurrent("in the same way as the one before: no more of them are submitted, until the program is run again", async () => {
    const dir = await cluster.dir("stopped");
    const jobs = [1, 2, 3, 4].map((x) => [x]);
    const options = { maxSlurmJobs: 1, longestPauseMs: 2_000 };
    const { outcome, printed } = await dir.run({
      jobs,
      options,
      settled: true,
      sbatch: { ...on(3, 4), scriptPreamble: "exit 5\n" },
    });
    const names = outcome?.kind === "settled" ? outcome.errors.map(({ name }) => name) : [];
    const submitted = printed.match(/: is submitted/g)?.length ?? 0;
    // Two on the same node may be that node's fault.
    expect([2, 3], printed).toContain(submitted);
    expect(names).toEqual(jobs.map((_, i) => (i < submitted ? "JobError" : "NotSubmittedError")));
    expect(printed).toMatch(
      /test\/squares is not submitted any more in this run.*The first failure was:\n.*exit code 5/s,
    );
    const mended = await dir.run({ jobs: jobs.slice(0, 2), sbatch: on(3, 4) });
    expect(mended.outcome, mended.printed).toMatchObject({ kind: "done", jobs: [[1], [4]] });
    expect(mended.printed).not.toContain("left out");
  });

  test.concurrent("because its preamble fails", async () => {
    const dir = await cluster.dir("preamble");
    const { outcome, printed } = await dir.run({
      jobs: [[1]],
      sbatch: { ...on(5, 6), scriptPreamble: "echo no such module >&2\nexit 3\n" },
    });
    expectFailure(outcome, printed, /script ended with exit code 3 on n\d\.[^]*\| no such module/);
  });

  test.concurrent("because its directory is gone", async () => {
    const dir = await cluster.dir("gone");
    const running = dir.start({ jobs: [[1]], sbatch: { ...on(5, 6), further: ["--hold"] } });
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
    const { outcome, printed } = await dir.run({ jobs: [[1]], sbatch: on(5, 6) }, { node: "/dev/shm/node" });
    expectFailure(outcome, printed, /exit code 127 on n\d\.[^]*not found[^]*\| .*\/dev\/shm\/node: not found/);
  });

  test.concurrent("because the program throws when it is loaded", async () => {
    const dir = await cluster.dir("load");
    dir.edit(
      (source) => `${source}\nif (process.env["SLURM_JOB_ID"] !== undefined) throw new Error("no licence here");\n`,
    );
    const { outcome, printed } = await dir.run({ jobs: [[1]], sbatch: on(5, 6) });
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
    // Of the stack only what is the person's own.
    expect(printed).not.toMatch(/^ +at .*(?:node_modules|packages\/\w+\/src)/m);
  });
});
