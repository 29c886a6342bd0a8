/** Programs that were started with options of the runtime, or with what a person has typed in place of a file. */
import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { mkdtempDisposable } from "node:fs/promises";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";

/** In this package, so that a program finds it by its name. */
const here = import.meta.dirname;

interface Printed {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A program whose one function evaluates `expression` in a worker, and which prints what came back. */
const program = (expression: string, { before = "", settings = "", guard = "import.meta.main" } = {}): string => `
import { defineRemote, local, programInfo, remoteEval, runJobLocal, setTaskMemory } from "@hyperion-ts/job";
import { z } from "zod";
${before}
export const look = defineRemote(import.meta, { name: "look", input: z.null(), output: z.any(), run: () => ${expression} });
if (${guard}) console.log(JSON.stringify(await runJobLocal(programInfo("./out"), ${settings === "" ? "remoteEval(look, null)" : `local(${settings}, remoteEval(look, null))`}, { cpus: 1, progress: "none" })));
`;

/** Runs Node with these arguments in a folder with these files. */
async function run(argv: readonly string[], files: Readonly<Record<string, string>>, input = ""): Promise<Printed> {
  await using folder = await mkdtempDisposable(join(here, "options-"));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder.path, name)), { recursive: true });
    writeFileSync(join(folder.path, name), content);
  }
  const { NODE_OPTIONS: _, ...env } = process.env;
  const child = spawn(
    process.execPath,
    [
      "--disable-warning=ExperimentalWarning",
      ...argv.map((each) => each.replace("FOLDER", pathToFileURL(folder.path).href)),
    ],
    { cwd: folder.path, env, stdio: ["pipe", "pipe", "pipe"] },
  );
  child.stdin.end(input);
  const [stdout, stderr, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<number | null>((resolve) => child.once("close", resolve)),
  ]);
  return { code, stdout, stderr };
}

const HOOK = `
import { registerHooks } from "node:module";
registerHooks({ resolve: (name, context, next) => next(name === "@lib/answer" ? new URL("./answer.mjs", import.meta.url).href : name, context) });
`;
const aliased = {
  "hook.mjs": HOOK,
  "answer.mjs": "export const answer = 42;",
  "prog.ts": program("answer", { before: `import { answer } from "@lib/answer";` }),
};

test.each([
  [
    "--experimental-transform-types",
    ["--experimental-transform-types"],
    { "prog.ts": program("Answer.whole", { before: "enum Answer { whole = 42 }" }) },
  ],
  ["--import of a file beside the program", ["--import", "./hook.mjs"], aliased],
  ["--import=", ["--import=./hook.mjs"], aliased],
  [
    "--import, though the program has left its directory,",
    ["--import", "./hook.mjs"],
    {
      ...aliased,
      "elsewhere/.keep": "",
      "prog.ts": aliased["prog.ts"].replace("if (", "if (import.meta.main) process.chdir('elsewhere');\nif ("),
    },
  ],
  ["what tsx gives it", ["--require", "./set.cjs", "--import", "FOLDER/hook.mjs"], { ...aliased, "set.cjs": "" }],
  [
    "-r",
    ["-r", "./set.cjs"],
    { "set.cjs": "globalThis.answer = 42;", "prog.ts": program("Reflect.get(globalThis, 'answer')") },
  ],
  [
    "--conditions",
    ["--conditions", "mine"],
    {
      "node_modules/which/package.json": JSON.stringify({
        type: "module",
        exports: { mine: "./mine.js", default: "./other.js" },
      }),
      "node_modules/which/mine.js": "export const answer = 42;",
      "node_modules/which/other.js": "export const answer = 0;",
      "prog.ts": program("answer", { before: `import { answer } from "which";` }),
    },
  ],
  [
    "--expose-gc",
    ["--expose-gc"],
    { "prog.ts": program("typeof Reflect.get(globalThis, 'gc') === 'function' ? 42 : 0") },
  ],
  [
    "--stack-size",
    ["--stack-size=400"],
    { "prog.ts": program("process.execArgv.includes('--stack-size=400') ? 42 : 0") },
  ],
])("a worker has %s of its program", async (_, options, files) => {
  expect(await run([...options, "prog.ts"], files)).toEqual({ code: 0, stdout: "42\n", stderr: "" });
});

test("a worker's heap has the bound of its program's, and that of its share of memory where there is one", async () => {
  const heap = "(await import('node:v8')).getHeapStatistics().heap_size_limit";
  const files = {
    "prog.ts": program("(async () => HEAP)()".replace("HEAP", heap), {
      before: `if (import.meta.main) console.log(${heap});`,
    }),
  };
  const [program_, worker] = (await run(["--max-old-space-size=300", "prog.ts"], files)).stdout.trim().split("\n");
  expect(worker).toBe(program_);
  const shared = { "prog.ts": program(`(async () => ${heap})()`, { settings: "setTaskMemory(300)" }) };
  expect((await run(["--max_old_space_size=900", "prog.ts"], shared)).stdout.trim()).toBe(program_);
});

test("a worker has none of the options that are for one process", async () => {
  const files = { "prog.ts": program("process.execArgv"), "vars.env": "FROM_FILE=1" };
  const { code, stdout } = await run(
    [
      "--cpu-prof",
      "--cpu-prof-dir",
      "profiles",
      "--title=mine",
      "--inspect=0",
      "--env-file=vars.env",
      "--heapsnapshot-signal=SIGUSR2",
      "prog.ts",
    ],
    files,
  );
  expect({ code, options: JSON.parse(stdout) }).toEqual({
    code: 0,
    options: ["--disable-warning=ExperimentalWarning", "--disable-sigusr1"],
  });
});

test("a program that an option loads first is not started by its workers again", async () => {
  const { code, stderr } = await run(["--import", "./prog.ts", "empty.mjs"], {
    "prog.ts": program("42", { guard: "true" }),
    "empty.mjs": "",
  });
  expect(code).not.toBe(0);
  expect(stderr).toContain("runJobLocal was called inside a worker");
});

test.each([
  ["from standard input", ["--input-type=module"], program("42", { guard: "true" })],
  ["from --eval", ["--input-type=module", "--eval", program("42", { guard: "true" })], ""],
])("a program %s is told that workers need a file", async (_, options, input) => {
  const { code, stderr } = await run(options, {}, input);
  expect(code).not.toBe(0);
  expect(stderr).toMatch(
    /given on standard input or with --eval, and a worker imports it from a file\. Save it in one/,
  );
});

test("a function of a CommonJS program is refused where it is defined, and may name the file instead", async () => {
  const bundle = (meta: string): string => `
    const { defineRemote, programInfo, remoteEval, runJobLocal } = require("@hyperion-ts/job");
    const { z } = require("zod");
    const look = defineRemote(${meta}, { name: "look", input: z.null(), output: z.any(), run: () => 42 });
    if (require.main === module) runJobLocal(programInfo("./out"), remoteEval(look, null), { cpus: 1, progress: "none" }).then(console.log);
  `;
  const refused = await run(["bundle.cjs"], { "bundle.cjs": bundle("{}") });
  expect(refused.code).not.toBe(0);
  expect(refused.stderr).toMatch(
    /NoModuleError: The remote function "look" was defined with an import\.meta without url.*--format=esm/,
  );
  expect(await run(["bundle.cjs"], { "bundle.cjs": bundle("{ url: __filename }") })).toEqual({
    code: 0,
    stdout: "42\n",
    stderr: "",
  });
});
