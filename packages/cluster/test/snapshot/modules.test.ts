/** Kinds of modules that programs consist of. */
import { mkdirSync, symlinkSync } from "node:fs";
import { expect, test } from "vitest";
import { moduleOf, Project } from "./project.ts";

const CJS = {
  "node_modules/cjs/package.json": '{ "name": "cjs", "main": "index.js" }',
  "node_modules/cjs/index.js": `"use strict";
    Object.defineProperty(exports, "__esModule", { value: true });
    const { readFileSync } = require("fs");
    exports.default = "default";
    exports.named = require("./part.js").part;
    exports.data = readFileSync(__dirname + "/data.txt", "utf8") + __filename.split("/").pop();
    try { require("not-installed"); } catch { exports.missing = true; }
    if (require.main === module) process.exit(1);`,
  "node_modules/cjs/part.js": 'module.exports = { part: "part" };',
  "node_modules/cjs/data.txt": "data",
};

test("a program in CommonJS is a snapshot, too", async () => {
  using project = new Project({
    ...CJS,
    "program.cjs": `
      const { defineRemote } = require("@hyperion-ts/job");
      const { z } = require("zod");
      const { named } = require("cjs");
      const { basename } = require("node:path");
      exports.f = defineRemote({ url: __filename }, { name: "script/f", input: z.any(), output: z.any(), run: (x) => [x, named, basename(__filename)] });
      if (require.main === module) process.exit(1);`,
  });
  const snapshot = await project.snapshot("program.cjs");
  expect(await project.call(snapshot, "script/f", 1)).toMatchObject({
    value: [1, "part", "program.cjs"],
    code: snapshot.functionHashes["script/f"],
  });
});

test.each(["module", "none"])(
  "CommonJS packages are imported as Node does it, in a project of the type %s",
  async (type) => {
    using project = new Project({
      ...CJS,
      "program.ts": moduleOf("cjs/f", "return [all, named]", 'import all, { named } from "cjs";'),
    });
    if (type === "none") project.write("package.json", "{}");
    expect(await project.call(await project.snapshot("program.ts"), "cjs/f")).toMatchObject({
      value: [{ default: "default", named: "part", data: "dataindex.js", missing: true }, "part"],
    });
  },
);

test("what TypeScript and Node know, a snapshot knows: enums, JSON, top-level await, imports by literal names, aliases, decorators", async () => {
  using project = new Project({
    "package.json": '{ "type": "module", "imports": { "#own": "./src/own.ts" } }',
    "tsconfig.json": '{ "compilerOptions": { "paths": { "@/*": ["./src/*"] }, "experimentalDecorators": true } }',
    "src/own.ts": "export const own = 1;",
    "src/alias.ts": 'export const alias = "alias"; export class Twice extends Error {}',
    "src/lazy.ts": 'export const lazy = "lazy"; export class Twice extends Error {}',
    "src/data.json": '{ "k": 2 }',
    "src/program.ts": moduleOf(
      "kinds/f",
      'const { lazy, Twice: Other } = await import("./lazy.ts"); return [own, alias, lazy, data.k, Color.Red, later, names, new Twice().constructor.name, new Other().constructor.name];',
      `import { own } from "#own";
       import { alias, Twice } from "@/alias.ts";
       import data from "./data.json" with { type: "json" };
       enum Color { Red }
       const later = await Promise.resolve("later");
       const names: string[] = [];
       const noted = (target: object) => void names.push(target.constructor.name);
       class Noted { @noted method() {} }`,
    ),
  });
  const snapshot = await project.snapshot("src/program.ts");
  expect(await project.call(snapshot, "kinds/f")).toMatchObject({
    value: [1, "alias", "lazy", 2, 0, "later", ["Noted"], "Twice", "Twice"],
  });
  expect(snapshot.notices).toEqual([]);
});

test("of an import by a computed name the maker is told, and its caller that there is no such module", async () => {
  using project = new Project({
    "program.ts": moduleOf("computed/f", "return import(`./plug${x}.ts`)"),
    "plugin.ts": "export {}",
  });
  const snapshot = await project.snapshot("program.ts");
  expect(snapshot.notices).toEqual([
    'program.ts:5 imports a module whose name is computed: it is no part of the snapshot. Import it by a literal name, as in import("./name.ts")',
  ]);
  const { error } = await project.call(snapshot, "computed/f", "in");
  expect(error?.message).toMatch(/Cannot find module .*out\/snapshots\/plugin\.ts/);
});

test("packages with machine code stay outside, where they are", async () => {
  using project = new Project({
    "node_modules/native/package.json":
      '{ "name": "native", "main": "index.js", "dependencies": { "bindings": "1.0.0" } }',
    "node_modules/native/index.js": "exports.where = __dirname; exports.paths = module.paths.length > 0;",
    "node_modules/user/package.json": '{ "name": "user", "main": "index.js" }',
    "node_modules/user/index.js":
      'exports.viaRequire = require("native").where; exports.load = () => require("./some.node");',
    "node_modules/user/some.node": "no machine code",
    "program.ts": moduleOf(
      "native/f",
      'let why = ""; try { user.load(); } catch (error: any) { why = error.code; } return [native.where, native.paths, user.viaRequire, why];',
      'import native from "native";\nimport user from "user";',
    ),
  });
  const snapshot = await project.snapshot("program.ts");
  const native = project.path("node_modules/native");
  expect(await project.call(snapshot, "native/f")).toMatchObject({
    value: [native, true, native, "ERR_DLOPEN_FAILED"],
  });
  expect(snapshot.outside).toEqual(
    expect.arrayContaining([`${native}/index.js`, project.path("node_modules/user/some.node")]),
  );
});

test("a program that is one bundle already, a link as entry, and two modules with functions are snapshots as well", async () => {
  using project = new Project({
    "dist/bundle.js": moduleOf("bundle/f", "return x").replaceAll(": any", ""),
    "two.ts": moduleOf("two/f", "return x * 2"),
  });
  mkdirSync(project.path("bin"));
  symlinkSync("../dist/bundle.js", project.path("bin/program"));
  const snapshot = await project.snapshot("bin/program", "two.ts");
  expect(Object.keys(snapshot.functionHashes)).toEqual(["bundle/f", "two/f"]);
  expect(await project.call(snapshot, "bundle/f", 1)).toMatchObject({ value: 1 });
  expect(await project.call(snapshot, "two/f", 1)).toMatchObject({ value: 2 });
});

test("what stands before a file's first line does no harm: a line for the shell, a mark of its encoding", async () => {
  using project = new Project({
    "program.ts": `#!/usr/bin/env node${moduleOf("lines/f", "return [x, other, old.where]", 'import { other } from "./other.ts";\nimport old from "./old.cjs";')}`,
    "other.ts": '\uFEFFexport const other = "other";\n',
    "old.cjs": '#!/usr/bin/env node\n"use strict"; exports.where = __dirname;\n',
  });
  const { value } = await project.call(await project.snapshot("program.ts"), "lines/f", 1);
  expect(value).toEqual([1, "other", project.path("old.cjs").replace("/old.cjs", "")]);
});

test("a module that a package.json calls free of effects is loaded for them all the same", async () => {
  using project = new Project({
    "package.json": '{ "type": "module", "sideEffects": false }',
    "program.ts": 'import "./functions.ts";',
    "functions.ts": moduleOf("effects/f", "return x"),
  });
  expect(await project.call(await project.snapshot("program.ts"), "effects/f", 1)).toMatchObject({ value: 1 });
});
