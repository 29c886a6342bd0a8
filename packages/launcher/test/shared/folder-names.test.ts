import { mkdirSync, mkdtempSync, realpathSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { FolderName } from "@hyperion-ts/wire";
import { afterEach, beforeEach, expect, test } from "vitest";
import { argumentHere, folderName, logicalPaths, pathsHere, urlHere } from "../../src/shared/folder-names.ts";

/** A machine's root: export/vol1/proj is where the files are, auto/proj what people write. */
let root = "";
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), "hyperion-folders-")));
  mkdirSync(join(root, "export/vol1/proj/run"), { recursive: true });
  mkdirSync(join(root, "auto"));
  symlinkSync("../export/vol1/proj", join(root, "auto/proj"));
  writeFileSync(join(root, "export/vol1/proj/prog.ts"), "");
});
afterEach(() => rmSync(root, { recursive: true }));

const at = (path: string): string => join(root, path);

/** The pair, or a failure. */
function named(physical: string, logical: string): FolderName {
  const name = folderName(at(physical), at(logical));
  if (name === undefined) throw new Error(`${physical} has no other name ${logical}`);
  return name;
}

test.each([
  ["the folder itself", "export/vol1/proj", "auto/proj"],
  ["a folder in it", "export/vol1/proj/run", "auto/proj/run"],
  ["a file in it", "export/vol1/proj/prog.ts", "auto/proj/prog.ts"],
])("two names of %s are two names of the highest folder that both are in", (_, physical, logical) => {
  expect(named(physical, logical)).toMatchObject({
    physical: at("export/vol1/proj"),
    logical: at("auto/proj"),
    inode: expect.stringMatching(/^\d+$/),
  });
});

test("a link of another name is a name of its target alone", () => {
  symlinkSync("proj/prog.ts", at("auto/program"));
  expect(named("export/vol1/proj/prog.ts", "auto/program")).toMatchObject({
    physical: at("export/vol1/proj/prog.ts"),
    logical: at("auto/program"),
  });
});

test("names of different folders, of nothing, and equal ones say nothing", () => {
  mkdirSync(at("other/proj"), { recursive: true });
  expect(folderName(at("export/vol1/proj"), at("other/proj"))).toBeUndefined();
  expect(folderName(at("gone"), at("auto/gone"))).toBeUndefined();
  expect(folderName(at("auto"), at("auto"))).toBeUndefined();
});

test("a path is written as its folder is named on this machine", () => {
  const names = [named("export/vol1/proj/run", "auto/proj/run")];
  const [there, other] = [at("export/vol1/proj/run/out"), at("export/vol1/project")];
  expect(pathsHere(names)(there)).toBe(at("auto/proj/run/out"));
  expect(pathsHere(names)(other)).toBe(other);
  // A node that has the mount and not the export.
  renameSync(at("export/vol1/proj"), at("moved"));
  rmSync(at("auto/proj"));
  symlinkSync("../moved", at("auto/proj"));
  expect(pathsHere(names)(there)).toBe(at("auto/proj/run/out"));
  // One that has neither: as it is told, for the message.
  rmSync(at("auto/proj"));
  expect(pathsHere(names)(there)).toBe(there);
});

test("a folder that only has the name is not taken for it; where numbers say nothing, one that is there is", () => {
  const names = [named("export/vol1/proj", "auto/proj")];
  rmSync(at("auto/proj"));
  mkdirSync(at("auto/proj"));
  expect(pathsHere(names)(at("export/vol1/proj/x"))).toBe(at("export/vol1/proj/x"));
  const unknown = names.map((name) => ({ ...name, inode: "1" }));
  expect(pathsHere(unknown)(at("export/vol1/proj/x"))).toBe(at("auto/proj/x"));
  rmSync(at("auto/proj"), { recursive: true });
  expect(pathsHere(unknown)(at("export/vol1/proj/x"))).toBe(at("export/vol1/proj/x"));
});

test("arguments and modules are renamed where they are paths or URLs of files", () => {
  const here = logicalPaths([{ physical: "/export/vol 1", logical: "/auto", inode: "1" }]);
  const arguments_ = [
    "/export/vol 1/a.ts",
    "--import=/export/vol 1/a.mjs",
    pathToFileURL("/export/vol 1/a b.mjs").href,
    `--import=${pathToFileURL("/export/vol 1/a.mjs").href}`,
    "--max-old-space-size=3",
    "./a.cjs",
    "-r",
    "/exports/a",
    "--import=tsx",
  ];
  expect(arguments_.map((each) => argumentHere(each, here))).toEqual([
    "/auto/a.ts",
    "--import=/auto/a.mjs",
    "file:///auto/a%20b.mjs",
    "--import=file:///auto/a.mjs",
    "--max-old-space-size=3",
    "./a.cjs",
    "-r",
    "/exports/a",
    "--import=tsx",
  ]);
  expect(
    ["file:///export/vol%201/a.ts?v=1", "data:text/javascript,/export", "virtual:/export/vol 1"].map((each) =>
      urlHere(each, here),
    ),
  ).toEqual(["file:///auto/a.ts?v=1", "data:text/javascript,/export", "virtual:/export/vol 1"]);
});
