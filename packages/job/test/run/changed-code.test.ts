/** Programs whose files are changed while they run: workers that start after that run the code with which the program began. */
import { readFileSync } from "node:fs";
import { expect, test, vi } from "vitest";
import { Project } from "./project.ts";

vi.setConfig({ testTimeout: 120_000 });

/** What becomes of files, by their names; null: removed. */
type Changes = Readonly<Record<string, string | null>>;

/** Calls f, then changes files and calls f in a new worker, once for each of the changes. Prints what came of each call. */
const PROGRAM = `
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { local, programInfo, remoteEval, runJobLocal, setFreshWorkers } from "@hyperion-ts/job";
import { f } from "./f.ts";

const outcomes = await runJobLocal(programInfo("out"), async (env) => {
  const outcomes = [];
  for (const files of [{}, ...JSON.parse(process.env["CHANGES"] ?? "[]")]) {
    for (const [name, text] of Object.entries(files)) {
      if (text === null) rmSync(name);
      else writeFileSync(name, String(text));
    }
    outcomes.push(await local(setFreshWorkers(true), remoteEval(f, 1))(env).catch((error) => ({ reason: error.reason?.kind, message: error.message })));
  }
  return outcomes;
}, { cpus: 1, progress: "plain" });
console.log(JSON.stringify(outcomes));
`;

const f = (imports: string, body: string): string => `
import { defineRemote } from "@hyperion-ts/job";
import { z } from "zod";
${imports}
export const f = defineRemote(import.meta, { name: "steps/f", input: z.number(), output: z.unknown(), run: (x: number) => ${body} });
`;

const step = (body: string): string => `export const step = (x: number): number => ${body};\n`;
const usesStep = { "f.ts": f('import { step } from "./step.ts";', "step(x)"), "step.ts": step("x + 1") };

/** What came of the calls before and after each change of `files`, and what the run told. */
async function changing(
  project: Project,
  files: Readonly<Record<string, string>>,
  changes: readonly Changes[],
  options: readonly string[] = [],
) {
  for (const [name, text] of Object.entries({ "program.ts": PROGRAM, ...files })) project.write(name, text);
  const { value, told } = await project.run({ CHANGES: JSON.stringify(changes) }, options);
  return { outcomes: value, warnings: told.split("\n").filter((line) => /^⚠.*(?:changed|removed|again)/.test(line)) };
}

const keptLine = (what: string, workers = "1 new worker"): unknown =>
  expect.stringMatching(
    new RegExp(
      `^⚠ ${what}\\. This run goes on with the code that it began with, in ${workers} by now; run the program again to use the change$`,
    ),
  );

test("A file that is edited, edited again, half-written, edited back and removed changes no call of the run, which says so once", async () => {
  using project = new Project();
  const changes = [
    step("x + 1000"),
    step("x + 2000"),
    "export const step = (x: number): numb",
    step("x + 1"),
    null,
  ].map((text) => ({ "step.ts": text }));
  const { outcomes, warnings } = await changing(project, usesStep, changes);
  expect(outcomes).toEqual([2, 2, 2, 2, 2, 2]);
  expect(warnings).toEqual([
    keptLine(String.raw`step\.ts was changed at \d{4}-\d\d-\d\d \d\d:\d\d`, String.raw`\d new workers?`),
  ]);
});

test("A program that is started again runs the changed code, and says which results are from the code before", async () => {
  using project = new Project();
  const remembering = PROGRAM.replace("remoteEval(f, 1)", "memoizeWithMap(map, (x) => remoteEval(f, x), n++)")
    .replace("import { local,", "import { keyValMap, local, memoizeWithMap,")
    .replace("const outcomes =", 'const map = keyValMap("steps", f.input, f.output);\nlet n = 0;\nconst outcomes =');
  const files = {
    ...usesStep,
    "f.ts": usesStep["f.ts"].replace("z.unknown()", "z.number()"),
    "program.ts": remembering,
  };
  expect((await changing(project, files, [{ "step.ts": step("x + 1000") }])).outcomes).toEqual([1, 2]);
  const again = await project.run({ CHANGES: "[{}, {}]" });
  expect(again.value).toEqual([1, 2, 1002]);
  expect(again.told).toMatch(/⚠ 2 results of map "steps" are from other code of steps\/f than today's/);
});

test("Also the module of the function itself may be gone, and what it imports: data, CommonJS", async () => {
  using project = new Project();
  const files = {
    "f.ts": f(
      'import data from "./data.json" with { type: "json" };\nimport old from "./old.cjs";\nimport { step } from "./more/step.ts";',
      "[step(x), data.n, old.value, import.meta.url]",
    ),
    "data.json": '{ "n": 10 }',
    "old.cjs": 'exports.value = require("./older").value + require("./rest.json").n;',
    "older.js": "export const value = 1;",
    "rest.json": '{ "n": 100 }',
    "more/step.ts": 'import { one } from "../one.ts";\nexport const step = (x: number): number => x + one;\n',
    "one.ts": "export const one = 1;\n",
  };
  const value = [2, 10, 101, `file://${project.path("f.ts")}`];
  const edits = {
    "data.json": "{",
    "old.cjs": "exports.value = 7;",
    "older.js": "export const value = 7;",
    "one.ts": "export const one = 3;",
  };
  const { "old.cjs": _imported, ...others } = files;
  const { outcomes } = await changing(project, files, [
    edits,
    Object.fromEntries(Object.keys(others).map((name) => [name, null])),
    { ...others, "old.cjs": null },
  ]);
  expect(outcomes).toEqual([
    value,
    value,
    value,
    {
      reason: "code-changed",
      message: expect.stringMatching(/can't go on with the old code: .*old\.cjs, a CommonJS module, is gone/),
    },
  ]);
});

test("What package.json says of modules stays as it was for the files that it is about", async () => {
  using project = new Project();
  const { outcomes, warnings } = await changing(project, usesStep, [{ "package.json": '{ "type": "commonjs" }' }]);
  expect(outcomes).toEqual([2, 2]);
  expect(warnings).toEqual([keptLine(String.raw`package\.json was changed at \S+ \S+`)]);
});

test("An error of the old code tells where it was thrown in the old file", async () => {
  using project = new Project();
  const throws = {
    ...usesStep,
    "step.ts": `\n\nexport function step(x: number): number {\n  throw new Error("no step");\n}\n`,
  };
  const shown = PROGRAM.replace("message: error.message", "message: error.cause.stack");
  const { outcomes } = await changing(project, { ...throws, "program.ts": shown }, [{ "step.ts": step("x + 1000") }]);
  const thrown = {
    reason: "threw",
    message: expect.stringMatching(/^Error: no step\n {4}at step \(file:.*\/step\.ts:4:9\)/),
  };
  expect(outcomes).toEqual([thrown, thrown]);
});

test("A worker that was loading a file when it was changed does not compute, and another one makes the call", async () => {
  using project = new Project();
  const changes =
    'import { existsSync, rmSync, writeFileSync } from "node:fs";\nif (existsSync("once")) {\n  rmSync("once");\n  writeFileSync("step.ts", "export const step = (x: number): number => x + 1000;");\n}\n';
  const { outcomes, warnings } = await changing(
    project,
    {
      ...usesStep,
      "f.ts": f('import "./first.ts";\nimport { step } from "./step.ts";', "step(x)"),
      "first.ts": changes,
    },
    [{ once: "" }],
  );
  expect(outcomes).toEqual([2, 2]);
  expect(warnings).toEqual([
    expect.stringMatching(
      /^⚠ A worker on \S+ has ended, and is replaced: .*step\.ts was changed in the moment in which this worker loaded it$/,
    ),
    keptLine(String.raw`step\.ts was changed at \S+ \S+`),
  ]);
});

test("Where hooks of others load modules a changed function is not run, and another change of its files does no harm", async () => {
  using project = new Project();
  project.write("hook.mjs", "");
  const { outcomes, warnings } = await changing(
    project,
    usesStep,
    [{ "step.ts": `${step("x + 1")}export const other = 1;\n` }, { "step.ts": step("x + 1000") }],
    ["--import", "./hook.mjs"],
  );
  expect(outcomes).toEqual([
    2,
    2,
    {
      reason: "code-changed",
      message: expect.stringMatching(
        /The code of the remote function "steps\/f" was changed while the program runs \(.*step\.ts\)\. .* can't go on with the old code: --import has a say in how modules are loaded\. Run the program again/,
      ),
    },
  ]);
  expect(warnings).toEqual([]);
});

test("An installed package is no file of the user's: new workers load it as it is", async () => {
  using project = new Project();
  const installed = {
    "node_modules/a/package.json": '{ "name": "a", "type": "module" }',
    "node_modules/a/index.js": "export const one = 1;",
    "f.ts": f('import { one } from "a";', "x + one"),
  };
  const { outcomes, warnings } = await changing(project, installed, [
    { "node_modules/a/index.js": "export const one = 2;" },
  ]);
  expect({ outcomes, warnings }).toEqual({ outcomes: [2, 3], warnings: [] });
});

test("Events tell of each changed file once, with the number of workers", async () => {
  using project = new Project();
  const quiet = PROGRAM.replace(
    'progress: "plain"',
    'progress: "none", onEvent: ({ event }) => event.type === "old-code" && events.push(event)',
  )
    .replace("const outcomes =", "const events: unknown[] = [];\nconst outcomes =")
    .replace("JSON.stringify(outcomes)", "JSON.stringify([outcomes, events])");
  const { outcomes } = await changing(project, { ...usesStep, "program.ts": quiet }, [{ "step.ts": step("x + 1000") }]);
  const since = new Date(Date.now() - 120_000).toISOString();
  expect(outcomes).toEqual([
    [2, 2],
    [
      {
        type: "old-code",
        files: [{ path: project.path("step.ts"), changedAt: expect.stringMatching(/^\d{4}-.*Z$/) }],
        workers: 1,
      },
    ],
  ]);
  expect(
    JSON.stringify(outcomes)
      .match(/"changedAt":"([^"]+)"/)?.[1]
      ?.localeCompare(since),
  ).toBe(1);
  expect(readFileSync(project.path("step.ts"), "utf8")).toBe(step("x + 1000"));
});
