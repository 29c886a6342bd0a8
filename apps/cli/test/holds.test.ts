/** Held calls of a program that does not run: its next run does what a person has decided. */
import { join } from "node:path";
import { type Hold, HoldFiles } from "@hyperion-ts/holds";
import { programInfo, runJobLocal } from "@hyperion-ts/job";
import { expect, test } from "vitest";
import { hyperion, json, TestFolder } from "./world.ts";

const failureOf = (key: string, reason: string) =>
  ({
    kind: "job",
    key,
    name: "roots/job",
    input: `n=${key}`,
    where: { jobId: 4_714, node: "n3", log: "/out/output" },
    reason,
    summary: `${reason} on n3`,
    why: "It failed.",
    lastLines: ["the \u001b[31mlast line"],
    version: "1",
    remedy: { changes: { mem: "16G" }, words: "More memory." },
  }) as const;

test("held calls are shown, made again and given up; what can't be has an exit code", async () => {
  using folder = new TestFolder();
  const dir = join(folder.path, "out");
  await runJobLocal(programInfo(dir), async () => 1, { inProcess: true, progress: "none" });
  const place = ["--dir", dir];
  expect(await hyperion("holds", ...place)).toMatchObject({ code: 0, out: "", err: "No call is held.\n" });
  const files = new HoldFiles(dir);
  const [one, two, three] = ["1", "2", "3"].map((key) => files.add(failureOf(key, key === "3" ? "threw" : "memory")));
  const { out } = await hyperion("holds", ...place);
  expect(out).toContain(`${one?.id}  roots/job n=1: memory on n3\n  where   Slurm job 4714 on n3\n`);
  expect(out).toContain(`  do      hyperion retry ${two?.id} --mem 16G\n  or      hyperion cancel ${two?.id}\n`);
  expect(out).not.toContain("\u001b");
  expect(await json<readonly Hold[]>("holds", three?.id ?? "", ...place)).toEqual([three]);
  expect((await hyperion("explain", three?.id ?? "", ...place)).out).toMatch(
    / {2}remedy .*\n[^]* {2}until {3}a person decides/,
  );

  expect(await hyperion("retry", ...place)).toMatchObject({ code: 2, err: expect.stringContaining("--all") });
  expect(await hyperion("retry", one?.id ?? "", "--all", ...place)).toMatchObject({ code: 2 });
  expect(await hyperion("retry", one?.id ?? "", "--time", "soon", ...place)).toMatchObject({ code: 2 });
  expect(await hyperion("retry", "2ZZZ", ...place)).toMatchObject({
    code: 3,
    err: expect.stringContaining("There are"),
  });
  expect(await hyperion("cancel", "2ZZZ", ...place)).toMatchObject({ code: 4 });
  const several = await hyperion("retry", "--all", "--same-reason", ...place);
  expect(several).toMatchObject({ code: 1, err: expect.stringContaining("for several reasons (memory, threw)") });

  const alike = await hyperion("retry", two?.id ?? "", "--same-reason", "--mem", "16G", ...place);
  expect(alike.out.split("\n")).toEqual([
    `${one?.id} is made again when the program is run again with --mem 16G: roots/job n=1`,
    `${two?.id} is made again when the program is run again with --mem 16G: roots/job n=2`,
    "",
  ]);
  expect((await hyperion("retry", "--all", "--same-reason", ...place)).out).toContain(`${three?.id} is made again`);
  expect((await json<Hold>("cancel", three?.id ?? "", ...place)).verdict).toEqual({ kind: "cancel" });
  expect(files.find("1")).toMatchObject({ verdict: { kind: "retry" }, changes: { mem: "16G" } });
  expect((await hyperion("holds", ...place)).out).toContain("  now     its call is made again");
});
