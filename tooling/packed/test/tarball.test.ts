import { describe, expect, inject, test } from "vitest";
import { expectedBuild } from "../src/pack-all.ts";
import { publishProblems, typeProblems } from "../src/package-problems.ts";
import { readTarball } from "../src/tarball.ts";
import { ownNames, undocumentedNames } from "../src/undocumented-names.ts";
import { publishedPackages } from "../src/workspace.ts";

describe.for(publishedPackages)("$name", ({ name, folder }) => {
  const path = inject("tarballs")[name] ?? "";

  test("has nothing for publint to remark", async () => {
    expect(await publishProblems(path)).toEqual([]);
  });

  test("has types that TypeScript finds for the modules that Node loads", async () => {
    expect(await typeProblems(path)).toEqual([]);
  });

  test("holds what was compiled, its sources, a README, a licence and nothing else", async () => {
    const { files } = await readTarball(path);
    const build = expectedBuild(folder);
    const sources = build.filter((file) => file.endsWith(".js")).map((file) => file.replace(/\.js$/u, ".ts"));
    const expected = [
      ...build.map((file) => `dist/${file}`),
      ...sources.map((file) => `src/${file}`),
      "LICENSE",
      "README.md",
      "package.json",
    ];
    expect([...files.keys()].sort()).toEqual(expected.sort());
    expect(files.get("LICENSE")).toContain("MIT License");
  });

  test("leads from every compiled file to the source it was made of", async () => {
    const { files } = await readTarball(path);
    for (const map of [...files.keys()].filter((file) => file.endsWith(".map"))) {
      const { sources } = JSON.parse(files.get(map) ?? "") as { readonly sources: readonly string[] };
      expect(sources).toHaveLength(1);
      expect([...files.keys()]).toContain(new URL(sources[0] ?? "", `file:///${map}`).pathname.slice(1));
    }
  });

  test("exports what was compiled, and depends on exact versions", async () => {
    const { manifest } = await readTarball(path);
    expect(manifest).toMatchObject({
      type: "module",
      license: "MIT",
      engines: { node: ">=24.3" },
      description: expect.any(String),
    });
    expect(manifest).toMatchObject({ exports: { ".": { types: "./dist/index.d.ts", default: "./dist/index.js" } } });
    for (const version of Object.values(manifest.dependencies ?? {})) expect(version).toMatch(/^\d+\.\d+\.\d+$/u);
  });

  test("explains every name that it exports", async () => {
    const { files } = await readTarball(path);
    expect(ownNames(files, "dist/index.d.ts")).not.toEqual([]);
    expect(undocumentedNames(files, "dist/index.d.ts")).toEqual([]);
  });
});
