/** A program that shows what it would submit. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describeOnTestbed } from "@hyperion-ts/testbed";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ProgramCluster, untilSome } from "./program-cluster.ts";

const JOBS = [
  [1, 2],
  [3, 4],
  [5, 6],
];

describeOnTestbed(describe)("a dry run", () => {
  let cluster: ProgramCluster;
  beforeAll(async () => void (cluster = await ProgramCluster.open(2)));
  afterAll(() => cluster[Symbol.asyncDispose]());

  test("shows the command and the script of each job, and submits none; a person can", async () => {
    const dir = await cluster.dir("shown");
    const request = { jobs: JOBS, sbatch: { nTasksPerNode: 2 }, options: { maxSlurmJobs: 1 } };
    const { printed } = await dir.run({ ...request, options: { ...request.options, dryRun: true } });
    expect(dir.outcome).toMatchObject({
      name: "DryRunError",
      message: expect.stringMatching(/^Dry run: nothing was submitted\. 3 Slurm jobs would be submitted\./),
    });
    expect(printed.match(/^test\/squares .* would be submitted/gm)).toHaveLength(3);
    expect(printed.match(/^sbatch --parsable .*--ntasks-per-node=2.* <<'END_OF_SCRIPT'$/gm)).toHaveLength(3);
    expect(printed.match(/^exec .*head-main/gm)).toHaveLength(3);
    expect(await cluster.testbed.jobs()).toEqual([]);

    const [first = ""] = dir.jobFolders;
    const folder = join(dir.inCluster, "jobs", first);
    expect(readFileSync(join(dir.path, "jobs", first, "script"), "utf8")).toMatch(/^#!\/bin\/sh\n/);
    await cluster.testbed.run("login", ["sh", join(folder, "submit.sh")], { user: "alice" });
    await cluster.untilNoJob();
    expect(await dir.run(request)).toMatchObject({ code: 0, outcome: { kind: "done" } });
    expect((await cluster.testbed.jobs()).length).toBe(3);
    expect(dir.noted("begun").toSorted((a, b) => a - b)).toEqual(JOBS.flat());
  });

  test("says which jobs are there already", async () => {
    const dir = await cluster.dir("there");
    const before = (await cluster.testbed.jobs()).length;
    const request = { jobs: JOBS.slice(0, 2), until: "go", sbatch: { nTasksPerNode: 2 } };
    const first = dir.start({ ...request, jobs: JOBS.slice(0, 1) });
    await untilSome("call that runs", () => dir.noted("begun").length >= 2);
    first.child.kill("SIGTERM");
    await first.ended;
    const { printed } = await dir.run({ ...request, options: { dryRun: true } });
    expect(printed).toMatch(/^test\/squares .* is Slurm job \d+ already, and would be joined$/m);
    expect(dir.outcome).toMatchObject({
      name: "DryRunError",
      message: expect.stringMatching(/1 Slurm job would be submitted, and joined what is there already: \d+\./),
    });
    expect((await cluster.testbed.jobs()).length).toBe(before + 1);
    dir.make("go");
    expect(await dir.run(request)).toMatchObject({ code: 0, outcome: { kind: "done" } });
    await cluster.untilNoJob();
  });
});
