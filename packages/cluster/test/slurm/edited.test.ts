/** Sources that are edited while jobs wait. */
import { describeOnTestbed } from "@hyperion-ts/testbed";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ProgramCluster, untilSome } from "./program-cluster.ts";

describeOnTestbed(describe)("a job that waits while its sources are edited", () => {
  let cluster: ProgramCluster;
  beforeAll(async () => void (cluster = await ProgramCluster.open(1)));
  afterAll(() => cluster[Symbol.asyncDispose]());

  const cubes = (source: string): string => source.replace("return x * x;", "return x * x * x;");

  test("runs the code of when it was submitted, and whoever takes its value with newer code is told", async () => {
    const dir = await cluster.dir("edited");
    dir.edit((source) => source);
    const request = { jobs: [[2, 3]], until: "go", sbatch: { further: ["--hold"] } };
    const first = dir.start(request);
    const job = await first.job();
    first.child.kill("SIGTERM");
    await first.ended;
    dir.edit(cubes);
    // The node has no file of these packages and their dependencies any more.
    const hidden = await cluster.testbed.run("n1", ["mount", "-t", "tmpfs", "none", "/srv/checkout"]);
    expect(hidden).toMatchObject({ exitCode: 0 });
    await cluster.command("scontrol", "release", job);
    const ours = () =>
      cluster.left("n1").flatMap((command) => / (\S*\/)(head|agent|worker)-main\b/.exec(command)?.[1] ?? []);
    const folders = await untilSome("head, agent and worker", () => ours().length > 2 && ours());
    expect(new Set(folders)).toEqual(new Set([expect.stringMatching(/edited\/data\/snapshots\/hyperion-\w{20}\/$/)]));
    const second = dir.start(request);
    await second.says(new RegExp(`Slurm job ${job} .*is there already`));
    dir.make("go");
    const joined = await second.ended;
    expect(dir.outcome, joined.printed).toEqual({ kind: "done", jobs: [[4, 9]], singles: [] });
    expect(joined.printed).toMatch(/has run the code of when it was submitted \(.*\), which was changed since/);
    const again = await dir.run(request);
    expect(again.outcome).toEqual({ kind: "done", jobs: [[4, 9]], singles: [] });
    expect(again.printed).toMatch(/1 result of map "jobs" is from other code of .*test\/squares.* than today's/);
    expect(await untilSome("jobs", async () => (await cluster.testbed.jobs()).length)).toBe(1);
  });
});
