import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { hashOf, type Sources, SourceFolder } from "./source-folder.ts";
import { edited, ROOTS, STEP } from "./roots-program.ts";

describe("A function's hash changes with", () => {
  test.each<[string, Sources]>([
    ["its own body", edited("roots.ts", "* scale", "* scale + 1")],
    ["its schema", edited("roots.ts", 'name: "f", input: z.number()', 'name: "f", input: z.number().min(1)')],
    ["a constant that it uses", edited("roots.ts", "scale = 2", "scale = 3")],
    ["a function that it imports", edited("step.ts", "x + size", "x - size")],
    ["what an imported function uses", edited("step.ts", "size = 1", "size = 2")],
    [
      "what its module does when it is loaded",
      edited("roots.ts", "const points", "Math.random = () => 0.5;\nconst points"),
    ],
    [
      "what an imported module does when it is loaded",
      edited("step.ts", "const size", "globalThis.precision = 3;\nconst size"),
    ],
    ["which of a module's functions it imports", edited("roots.ts", "import { step }", "import { other as step }")],
    ["which function of a package it imports", edited("roots.ts", "import { z }", "import { mini as z }")],
  ])("%s", (_, changed) => expect(hashOf(changed)).not.toBe(hashOf(ROOTS)));
});

describe("A function's hash does not change with", () => {
  test.each<[string, Sources]>([
    ["comments", edited("roots.ts", "const scale", "/* twice */ const scale")],
    ["layout and semicolons", edited("step.ts", "const size = 1;\n", "const   size =\n  1\n")],
    ["quotes", edited("roots.ts", '"./step.ts"', "'./step.ts'")],
    ["types", edited("step.ts", "(x: number): number => x + size", "(x: 1 | 2) => x + size")],
    ["the main program", edited("roots.ts", "console.log(await run(points))", "await run([...points, 4])")],
    ["the job around it", edited("roots.ts", "return xs", "return xs.reverse()")],
    ["its inputs", edited("roots.ts", "[1, 2, 3]", "[1, 2, 3, 4]")],
    ["another function of its module", edited("roots.ts", "run: (x) => x ", "run: (x) => -x ")],
    ["what nobody uses", edited("step.ts", "x - 1", "x - 2")],
    ["whether a name is exported", edited("step.ts", "const size", "export const size")],
    [
      "an import that only the main program needs",
      {
        ...edited("roots.ts", 'from "./step.ts";', 'from "./step.ts";\nimport { plot } from "./plot.ts";'),
        "plot.ts": "export const plot = () => 1;",
      },
    ],
    ["the names of files", { ...edited("roots.ts", "./step.ts", "./lib/one-step.ts"), "lib/one-step.ts": STEP }],
  ])("%s", (_, changed) => expect(hashOf(changed)).toBe(hashOf(ROOTS)));
});

describe("Imports are followed", () => {
  const changes = (before: Sources, file: string, from: string, to: string): void => {
    const text = before[file] ?? "";
    expect(text).toContain(from);
    expect(hashOf({ ...before, [file]: text.replace(from, to) })).not.toBe(hashOf(before));
  };
  const f = (imports: string, use: string): string =>
    `${imports}\nexport const f = defineRemote(import.meta, { name: "f", run: () => ${use} });`;

  test.each<[string, Sources]>([
    ["by their default", { "m.ts": f('import a from "./a.ts";', "a()"), "a.ts": "export default () => 1;" }],
    ["as a namespace", { "m.ts": f('import * as a from "./a.ts";', "a.one()"), "a.ts": "export const one = () => 1;" }],
    [
      "through other files",
      {
        "m.ts": f('import { one } from "./index.ts";', "one()"),
        "index.ts": 'export { uno as one } from "./a.ts";',
        "a.ts": "export const uno = () => 1;",
      },
    ],
    [
      "through export *",
      {
        "m.ts": f('import { one } from "./index.ts";', "one()"),
        "index.ts": 'export * from "./a.ts";',
        "a.ts": "export const one = () => 1;",
      },
    ],
    [
      "by another name",
      { "m.ts": f('import { one } from "./a.ts";', "one()"), "a.ts": "const uno = () => 1;\nexport { uno as one };" },
    ],
    [
      "as they are called",
      { "m.ts": f("", 'import("./a.ts").then(({ one }) => one())'), "a.ts": "export const one = () => 1;" },
    ],
    [
      "by the name of the compiled file",
      { "m.ts": f('import { one } from "./a.js";', "one()"), "a.ts": "export const one = () => 1;" },
    ],
    ["without an ending", { "m.ts": f('import { one } from "./a";', "one()"), "a.ts": "export const one = () => 1;" }],
    [
      "into CommonJS",
      {
        "m.ts": f('import { one } from "./a.cjs";', "one()"),
        "a.cjs": 'const b = require("./b.cjs");\nexports.one = () => b.uno();',
        "b.cjs": "exports.uno = () => 1;",
      },
    ],
    ["into data", { "m.ts": f('import a from "./a.json" with { type: "json" };', "a"), "a.json": "[1]" }],
    [
      "into what can't be parsed",
      {
        "m.ts": f('import { one } from "./a.ts";', "one()"),
        "a.ts": "@sealed class A {}\nexport const one = () => 1;",
      },
    ],
    [
      "out of what can't be parsed",
      {
        "m.ts": f('import { one } from "./b.ts";', "one()"),
        "b.ts": '@sealed class A {}\nexport { one } from "./a.ts";',
        "a.ts": "export const one = () => 1;",
      },
    ],
    [
      "in a circle",
      {
        "m.ts": f('import { one } from "./a.ts";', "one()"),
        "a.ts": 'import { two } from "./b.ts";\nexport const one = () => two();',
        "b.ts": 'import { one } from "./a.ts";\nexport const two = () => one ?? 1;',
      },
    ],
    [
      "with enums",
      {
        "m.ts": f('import { one } from "./a.ts";', "one()"),
        "a.ts": "enum E { A = 1 }\nexport const one = () => E.A;",
      },
    ],
  ])("%s", (_, before) => changes(before, Object.keys(before).at(-1) ?? "", "1", "7"));

  test("into a package of the same workspace, and not into one that is installed", () => {
    using folder = new SourceFolder({
      "m.ts": f('import { one } from "ours";\nimport { two } from "theirs";', "one() + two()"),
      "packages/ours/package.json": '{ "name": "ours", "exports": "./index.js" }',
      "packages/ours/index.js": "export const one = () => 1;",
      "node_modules/theirs/package.json": '{ "name": "theirs", "exports": "./index.js" }',
      "node_modules/theirs/index.js": "export const two = () => 2;",
    });
    folder.link("node_modules/ours", "packages/ours");
    const before = folder.code("m.ts");
    folder.write({ "node_modules/theirs/index.js": "export const two = () => 3;" });
    expect(folder.code("m.ts").hash).toBe(before.hash);
    folder.write({ "packages/ours/index.js": "export const one = () => 3;" });
    expect(folder.code("m.ts").hash).not.toBe(before.hash);
    expect(before.files.map(({ path }) => path)).toEqual([
      join(folder.path, "m.ts"),
      join(folder.path, "packages/ours/index.js"),
    ]);
    expect(before.notFound).toEqual([]);
  });

  test("and what is not found is said", () => {
    using folder = new SourceFolder({ "m.ts": f('import { one } from "~/alias";', "one()") });
    expect(folder.code("m.ts").notFound).toEqual([`~/alias (in ${join(folder.path, "m.ts")})`]);
  });
});

test("A name that is no literal makes the whole module count", () => {
  const before = { "m.ts": 'const name = ["f"].join();\nconst rest = 1;\ndefineRemote(import.meta, { name });' };
  expect(hashOf({ "m.ts": before["m.ts"].replace("rest = 1", "rest = 2") })).toBe(hashOf(before));
  const computed = { "m.ts": before["m.ts"].replace('["f"].join()', "String.fromCharCode(102)") };
  expect(hashOf({ "m.ts": computed["m.ts"].replace("rest = 1", "rest = 2") })).not.toBe(hashOf(computed));
});

test("A bundle is cut into its functions, too", () => {
  const bundle = (body: string, rest: string): Sources => ({
    "bundle.mjs": `var help = () => ${body};\nvar rest = ${rest};\nvar f = defineRemote(import.meta, { name: "f", run: () => help() });\nif (import.meta.main) console.log(rest);\nexport { f };`,
  });
  expect(hashOf(bundle("1", "2"))).toBe(hashOf(bundle("1", "3")));
  expect(hashOf(bundle("1", "2"))).not.toBe(hashOf(bundle("2", "2")));
});

test("A chain of ten thousand functions is followed to its end", () => {
  const chain = (end: string): Sources => ({
    "m.js": `defineRemote(import.meta, { name: "f", run: () => f0() });\n${Array.from({ length: 10_000 }, (_, i) => `const f${i} = () => f${i + 1}();`).join("\n")}\nconst f10000 = () => ${end};`,
  });
  expect(hashOf(chain("1"))).not.toBe(hashOf(chain("2")));
});
