/** Failures that wait for a person, and what cures them. */
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Hold } from "@hyperion-ts/holds";
import { describeOnTestbed } from "@hyperion-ts/testbed";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { held, paste, pasted } from "./pasted.ts";
import { ProgramCluster, type ProgramDir, untilSome } from "./program-cluster.ts";

describeOnTestbed(describe, { cgroups: true, accounting: true })("a failed job", { timeout: 400_000 }, () => {
  let cluster: ProgramCluster;
  beforeAll(async () => {
    cluster = await ProgramCluster.open(2, { cgroups: true, accounting: true });
  });
  afterAll(() => cluster[Symbol.asyncDispose]());

  const outcomeOf = (dir: ProgramDir): unknown => JSON.parse(readFileSync(join(dir.path, "outcome.json"), "utf8"));

  test.concurrent("is held with what helps, which cures it as it is pasted; over a kill of the program, too", async () => {
    const dir = await cluster.dir("three");
    const first = dir.startProgram("holds-program.ts", dir.inCluster);
    const holds = await held(cluster, dir, 3).catch((error: unknown) => {
      throw new Error(first.printed(), { cause: error });
    });
    const byName = new Map(holds.map((hold) => [hold.name, hold]));
    const printed = first.printed();
    expect(byName.get("holds/memory"), printed).toMatchObject({
      reason: "out-of-memory",
      where: { node: expect.stringMatching(/^n\d$/), jobId: expect.any(Number) },
      remedy: { changes: { mem: "1G" } },
    });
    expect(byName.get("holds/time"), printed).toMatchObject({
      reason: "out-of-time",
      remedy: { changes: { time: "0:02:00" } },
    });
    const account = byName.get("holds/account");
    expect(account, printed).toMatchObject({
      reason: "refused",
      why: expect.stringMatching(/Invalid account[^]*sbatch --parsable .*--account=nobodys/),
      remedy: { changes: { account: "lab" } },
    });
    expect(printed).toMatch(/held: out of memory on n\d → hyperion retry \w+ --mem 1G/);
    expect(statSync(join(dir.path, "holds")).mode & 0o777).toBe(0o700);

    first.child.kill("SIGKILL");
    await first.ended;
    expect((await held(cluster, dir, 3)).map(({ id }) => id)).toEqual(holds.map(({ id }) => id));
    const submissions = submissionsOf(dir);
    // Decided while no program runs.
    const transcript = printed.split("\n").filter((line) => line.includes(" is held: "));
    const retried = async ({ command }: Pick<Hold, "command">): Promise<unknown> =>
      transcript.push(`$ ${command}`, (await pasted(cluster, dir, command)).trimEnd());
    await retried({ command: account?.command ?? "" });
    const second = dir.startProgram("holds-program.ts", dir.inCluster);
    await second.says(/holds\/account megabytes=1, held as \w+, is made again \(--account lab\)/);
    await second.says(/holds\/time .* is held: out of time/);
    await second.says(/holds\/account .*: is done/);
    expect((await held(cluster, dir, 2)).map(({ name }) => name).toSorted()).toEqual(["holds/memory", "holds/time"]);
    expect(submissionsOf(dir)).toBe(submissions + 1);

    for (const hold of await held(cluster, dir, 2)) await retried(hold);
    expect(transcript.map(comparable).toSorted()).toEqual(README_LINES.map(comparable).toSorted());
    dir.make("go");
    const { code, printed: rest } = await second.ended;
    expect(code, rest).toBe(0);
    expect(outcomeOf(dir)).toEqual({ filled: 700, waited: "waited", counted: 1 });
    expect(await pasted(cluster, dir, "hyperion holds --json")).toBe("[]\n");
  });

  test.concurrent("is told to a command, given up by a person, and held no longer when the program is mended", async () => {
    const dir = await cluster.dir("mended");
    dir.edit((source) => source);
    const mail = `${dir.inCluster}/mail`;
    const options = { onFailure: "hold", onHold: ["sh", "-c", `cat >> ${mail}`] } as const;
    const first = dir.start({ jobs: [[-1], [2]], options });
    const [hold] = await held(cluster, dir, 1);
    expect(hold, first.printed()).toMatchObject({
      reason: "threw-RangeError",
      why: expect.stringContaining("RangeError: x must not be negative: -1"),
      remedy: { changes: {} },
    });
    await untilSome("mail", () => existsSync(join(dir.path, "mail")) && readMail(dir).includes("hyperion cancel"));
    expect(readMail(dir)).toContain(`hyperion retry ${hold?.id}`);
    // Its fellow has gone on.
    await untilSome("fellow", () => dir.noted("done").includes(2));
    expect(await paste(cluster, dir, "hyperion retry")).toMatchObject({ exitCode: 2 });
    expect(await paste(cluster, dir, "hyperion retry 2zz")).toMatchObject({ exitCode: 3 });
    expect(await paste(cluster, dir, `hyperion retry ${hold?.id} --mem lots`)).toMatchObject({ exitCode: 2 });
    first.child.kill("SIGTERM");
    expect((await first.ended).printed).toMatch(/1 failed call is held: hyperion holds/);

    // Nothing is submitted for it as long as the program is the same.
    const begun = dir.noted("begun").length;
    const second = dir.start({ jobs: [[-1], [2]], options });
    await second.says(/is held: RangeError/);
    expect(dir.noted("begun")).toHaveLength(begun);
    await pasted(cluster, dir, "hyperion retry --all --same-reason");
    await untilSome("second try", async () => (await held(cluster, dir, 1))[0]?.tries === 2);
    await pasted(cluster, dir, `hyperion cancel ${hold?.id}`);
    const { printed } = await second.ended;
    expect(dir.outcome, printed).toMatchObject({
      kind: "failed",
      name: "JobError",
      message: expect.stringContaining("RangeError: x must not be negative: -1"),
    });
    expect(await pasted(cluster, dir, "hyperion holds --json")).toBe("[]\n");

    const third = dir.start({ jobs: [[-1], [2]], options });
    await held(cluster, dir, 1);
    third.child.kill("SIGKILL");
    await third.ended;
    dir.edit((source) => source.replace("if (x < 0)", "if (x < -5)"));
    const mended = await dir.run({ jobs: [[-1], [2]], options });
    expect(mended.outcome, mended.printed).toMatchObject({ kind: "done", jobs: [[1], [4]] });
    expect(mended.printed).toMatch(/held as \w+, is held no longer: the program has changed/);
  });

  test.concurrent("or function that its group gives up is held no longer; of one that is not called any more a person is told", async () => {
    const dir = await cluster.dir("group");
    const options = { onFailure: "hold" } as const;
    const running = dir.start({ jobs: [[-1]], singles: [-3], failsWhen: "fail", options });
    const holds = await held(cluster, dir, 2);
    expect(holds.map(({ name }) => name).toSorted()).toEqual(["test/square", "test/squares"]);
    const huge = await paste(cluster, dir, `hyperion retry ${holds[0]?.id} --mem 99999T`);
    expect(huge).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("mem must be an amount") });
    dir.make("fail");
    const { printed } = await running.ended;
    expect(dir.outcome, printed).toMatchObject({ kind: "failed", message: "the program fails" });
    expect(await pasted(cluster, dir, "hyperion holds --json")).toBe("[]\n");

    const killed = dir.start({ jobs: [[-1]], options });
    const [hold] = await held(cluster, dir, 1);
    killed.child.kill("SIGKILL");
    await killed.ended;
    const other = await dir.run({ jobs: [], options });
    expect(other.printed).toContain(`did not call test/squares`);
    await pasted(cluster, dir, `hyperion cancel ${hold?.id}`);
    await dir.run({ jobs: [], options });
    expect(await pasted(cluster, dir, "hyperion holds --json")).toBe("[]\n");
  });
});

/** What README shows of this program. */
const README_LINES = (
  /^```text\n(⚠ [^]*?)```/m.exec(readFileSync(join(import.meta.dirname, "../../README.md"), "utf8"))?.[1] ?? ""
)
  .trim()
  .split("\n")
  .filter((line) => /^(?:⚠|\$ hyperion)|is made again/.test(line));

/** Without what is another one each time. */
const comparable = (line: string): string =>
  line
    .replace(/(?<=retry )\w+|^\w+(?= is made)/, "ID")
    .replace(/Slurm job \d+/, "Slurm job N")
    .replace(/ on n\d/, " on nN")
    .replace(/file=\S+?(?=\)|$)/, "file=FILE");

/** How often something was submitted for the calls of a program that has not ended well. */
const submissionsOf = (dir: ProgramDir): number =>
  dir.jobFolders
    .map((folder) => JSON.parse(readFileSync(join(dir.path, "jobs", folder, "submissions.json"), "utf8")).length)
    .reduce((sum, each) => sum + each, 0);

const readMail = (dir: ProgramDir): string => readFileSync(join(dir.path, "mail"), "utf8");
