/** Programs that are changed between their runs. */
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempDisposableSync, symlinkSync, writeFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test, vi } from "vitest";

vi.setConfig({ testTimeout: 120_000 });

const ownPackage = join(import.meta.dirname, "../..");

/** A project of a user's, in which a program can be written and run. */
class Project implements Disposable {
  readonly #folder = mkdtempDisposableSync(join(tmpdir(), "hyperion-code-"));

  constructor() {
    this.write("package.json", '{ "type": "module" }');
    mkdirSync(this.path("node_modules/@hyperion-ts"), { recursive: true });
    symlinkSync(ownPackage, this.path("node_modules/@hyperion-ts/job"));
    symlinkSync(join(ownPackage, "node_modules/zod"), this.path("node_modules/zod"));
  }

  path(name: string): string {
    return join(this.#folder.path, name);
  }

  write(name: string, text: string): void {
    writeFileSync(this.path(name), text);
  }

  /** Runs program.ts, which prints its result as JSON; returns that and what it told. */
  async run(env: Readonly<Record<string, string>> = {}): Promise<{ readonly value: unknown; readonly told: string }> {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [this.path("program.ts")], {
      cwd: this.#folder.path,
      env: { ...process.env, ...env },
    });
    return { value: JSON.parse(stdout), told: stderr };
  }

  [Symbol.dispose](): void {
    this.#folder.remove();
  }
}

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

/** Calls f, changes a file as the first argument says, and calls f in a worker that is started after that. */
const changesItself = `
import { writeFileSync } from "node:fs";
import { defineRemote, local, programInfo, remoteEval, runJobLocal, setFreshWorkers } from "@hyperion-ts/job";
import { z } from "zod";
import { step } from "./step.ts";

export const f = defineRemote(import.meta, { name: "steps/f", input: z.number(), output: z.number(), run: (x) => step(x) });

if (import.meta.main) {
  const [before, after] = await runJobLocal(programInfo("out"), async (env) => {
    const before = await remoteEval(f, 1)(env);
    writeFileSync("step.ts", process.env["CHANGED"] ?? "");
    return [before, await local(setFreshWorkers(true), remoteEval(f, 1))(env).catch((error) => error)];
  }, { cpus: 1, progress: "none" });
  console.log(JSON.stringify({ before, after, reason: after.reason?.kind ?? null, message: String(after.message) }));
}
`;

test("a worker that is started after its function was changed does not mix both, and says so; after another change it goes on", async () => {
  using project = new Project();
  project.write("program.ts", changesItself);
  for (const [changed, outcome] of [
    [`// The same.\n${step("x + 1")}`, { before: 2, after: 2 }],
    [`${step("x + 1")}export const other = (x: number): number => x - 1;\n`, { before: 2, after: 2 }],
    [
      step("x + 1000"),
      {
        before: 2,
        reason: "code-changed",
        message: expect.stringMatching(
          /The code of the remote function "steps\/f" was changed while the program runs \(.*step\.ts\)\. .* Run the program again/,
        ),
      },
    ],
  ] as const) {
    project.write("step.ts", step("x + 1"));
    expect((await project.run({ CHANGED: changed })).value).toMatchObject(outcome);
  }
});
