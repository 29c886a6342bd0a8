/** Programs that are changed between their runs. */
import { execFile } from "node:child_process";
import { DatabaseSync } from "node:sqlite";
import { promisify } from "node:util";
import { expect, test, vi } from "vitest";
import { Project } from "./project.ts";

vi.setConfig({ testTimeout: 120_000 });

const step = (body: string): string => `export const step = (x: number): number => ${body};\n`;

const program = (points: string, options = ""): string => `
import { defineRemote, keyValMap, mapConcurrently, memoizeWithMap, programInfo, remoteEval, runJobLocal } from "@hyperion-ts/job";
import { z } from "zod";
import { step } from "./step.ts";

export const f = defineRemote(import.meta, { name: "steps/f", input: z.number(), output: z.number(), run: (x) => step(x) });
const map = keyValMap("steps", f.input, f.output);

if (import.meta.main) {
  const job = mapConcurrently([${points}], (x) => memoizeWithMap(map, (key) => remoteEval(f, key), x${options}));
  console.log(JSON.stringify(await runJobLocal(programInfo("out"), job, { cpus: 1 })));
}
`;

test("a run says how many of its remembered results are from other code, and nothing where only the main program or a comment was changed", async () => {
  using project = new Project();
  project.write("step.ts", step("x + 1"));
  project.write("program.ts", program("1, 2, 3"));
  expect(await project.run()).toEqual({ value: [2, 3, 4], told: expect.not.stringContaining("other code") });

  project.write("program.ts", program("1, 2, 3, /* and */ 4"));
  project.write("step.ts", `// One more.\n${step("x + 1")}`);
  expect(await project.run()).toEqual({ value: [2, 3, 4, 5], told: expect.not.stringContaining("other code") });

  project.write("step.ts", step("x + 1000"));
  project.write("program.ts", program("1, 2, 3, 4, 5"));
  const changed = await project.run();
  expect(changed.value).toEqual([2, 3, 4, 5, 1005]);
  expect(changed.told).toMatch(
    /⚠ 4 results of map "steps" are from other code of steps\/f than today's \(last: program \w{5} of \d{4}-\d\d-\d\d \d\d:\d\d\)\.\n {2}memoizeWithMap\(\.\.\., \{ code: "same" \}\) computes such results again\n/,
  );

  project.write("program.ts", program("1, 2, 3, 4, 5", ', { code: "same" }'));
  expect(await project.run()).toEqual({
    value: [1001, 1002, 1003, 1004, 1005],
    told: expect.not.stringContaining("other code"),
  });
});

test("what is known of a program is kept beside its results", async () => {
  using project = new Project();
  project.write("step.ts", step("x + 1"));
  project.write("program.ts", program("1"));
  const git = (...args: readonly string[]) =>
    promisify(execFile)("git", ["-C", project.path("."), "-c", "user.name=a", "-c", "user.email=a@b", ...args]);
  await git("init", "-q");
  project.write(".gitignore", "out\nnode_modules\n");
  await git("add", ".");
  await git("commit", "-q", "-m", "first");
  const { stdout: commit } = await git("rev-parse", "HEAD");
  await project.run();
  project.write("step.ts", step("x + 2"));
  project.write("program.ts", program("2"));
  await project.run();
  using database = new DatabaseSync(project.path("out/results.sqlite"), { readOnly: true });
  const abouts = database
    .prepare("select about from hyperion_ts_origin order by started_at")
    .all()
    .map(({ about }) => JSON.parse(String(about)));
  const same = {
    nodeVersion: process.version,
    command: [project.path("program.ts")],
    gitCommit: commit.trim(),
    host: expect.any(String),
    user: expect.any(String),
    hyperionVersion: expect.stringMatching(/^\d+\.\d+\.\d+/),
  };
  expect(abouts).toHaveLength(2);
  expect(abouts).toEqual(
    expect.arrayContaining([
      { ...same, gitClean: true },
      { ...same, gitClean: false },
    ]),
  );
});
