import { join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { CodeReader } from "../src/index.ts";
import { hashOf, SourceFolder } from "./source-folder.ts";
import { edited, ROOTS, STEP } from "./roots-program.ts";

test("What a reader has read stays as it was, also when the file changes", () => {
  using folder = new SourceFolder(ROOTS);
  const reader = new CodeReader();
  const url = pathToFileURL(join(folder.path, "roots.ts")).href;
  const before = reader.functionCode(url, "f");
  folder.write(edited("step.ts", "x + size", "x - size"));
  expect(reader.functionCode(url, "f")).toEqual(before);
  expect(reader.source(join(folder.path, "step.ts"))).toEqual({
    bytes: Buffer.from(STEP),
    format: "module-typescript",
  });
  expect(folder.code("roots.ts").hash).not.toBe(before.hash);
});

test("Reading TypeScript says nothing on standard error", async () => {
  const warned: unknown[] = [];
  const listen = (warning: unknown): void => void warned.push(warning);
  process.on("warning", listen);
  hashOf(ROOTS);
  await new Promise((resolve) => setImmediate(resolve));
  process.off("warning", listen);
  expect(warned).toEqual([]);
});

test("All files that a module may load are read without parsing any, with the package.json that says how Node takes them", () => {
  using folder = new SourceFolder({
    "package.json": '{ "type": "module" }',
    "m.ts":
      'import type { T } from "./types.ts";\nexport { one } from "./one.js";\nconst later = () => import(/* by and by */ "./later.mts");\nimport { z } from "zod";\nimport "node:fs";\nimport "./missing.ts";\n',
    "types.ts": "export type T = 1;",
    "one.ts": 'import data from "./data.json";\nthis is half-wri',
    "later.mts": 'const old = require("./old/old.cjs"), again = require("./m.ts");',
    "data.json": "{}",
    "old/package.json": "{}",
    "old/old.cjs": "// taken from /**/ /* a b */ 'nowhere' and \"../unread.ts\"",
    "unread.ts": "",
    "node_modules/zod/index.js": "",
  });
  const reader = new CodeReader();
  const files = reader
    .moduleFiles(pathToFileURL(join(folder.path, "m.ts")).href)
    .map(({ path }) => relative(folder.path, path));
  expect(files.toSorted()).toEqual([
    "data.json",
    "later.mts",
    "m.ts",
    "old/old.cjs",
    "old/package.json",
    "one.ts",
    "package.json",
    "types.ts",
  ]);
  folder.write({ "types.ts": "export type T = 2;" });
  expect(reader.source(join(folder.path, "types.ts"))?.bytes.toString()).toBe("export type T = 1;");
  let parsed = 0;
  while (reader.parseNext()) parsed += 1;
  expect(parsed).toBe(files.length);
});

test.for([
  ["a.mts", "", undefined, "module-typescript"],
  ["a.cts", "", "module", "commonjs-typescript"],
  ["a.ts", "exports.one = 1 as number;", "module", "module-typescript"],
  ["a.js", "export const one = 1;", "commonjs", "commonjs"],
  ["a.js", "export const one = 1;", undefined, "module"],
  ["a.ts", "exports.one = 1 as number;", undefined, "commonjs-typescript"],
  ["a.json", "{}", undefined, "json"],
  ["a.tsx", "", "module", undefined],
] as const)("Node takes %s with the text %j in a package of type %s for %s", ([name, text, type, format]) => {
  using folder = new SourceFolder({ "package.json": JSON.stringify({ type }), [`src/${name}`]: text });
  const reader = new CodeReader();
  reader.moduleFiles(pathToFileURL(join(folder.path, "src", name)).href);
  expect(reader.source(join(folder.path, "src", name))?.format).toBe(format);
});
