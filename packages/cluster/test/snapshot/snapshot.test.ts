/** The program in one file, run by a head with a worker. */
import { readdirSync, readFileSync, rmSync, statSync, symlinkSync } from "node:fs";
import { isBuiltin } from "node:module";
import { basename, dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { CodeReader } from "@hyperion-ts/code-hash";
import { expect, test } from "vitest";
import { moduleOf, Project } from "./project.ts";

const STEP = "export const step = (x: number): number => x + 1;\n";
const program = moduleOf("steps/f", "return step(x)", 'import { step } from "./step.ts";');

test("a function of a snapshot runs in a worker, which imports the snapshot; edits, and the loss of the sources, change nothing for it", async () => {
  using project = new Project({ "program.ts": program, "step.ts": STEP });
  const snapshot = await project.snapshot("program.ts");
  expect(await project.call(snapshot, "steps/f", 1)).toMatchObject({
    value: 2,
    module: expect.stringMatching(/^program-[0-9a-f]{20}\.mjs$/),
  });
  project.write("step.ts", "export const step = () => 1000;\n");
  rmSync(project.path("program.ts"));
  expect(await project.call(snapshot, "steps/f", 1)).toMatchObject({ value: 2 });
});

test("a function has the same code hash in the snapshot as in its sources, and code that is changed has another", async () => {
  using project = new Project({ "program.ts": program, "step.ts": STEP });
  const inSources = () => new CodeReader().functionCode(pathToFileURL(project.path("program.ts")).href, "steps/f").hash;
  const snapshot = await project.snapshot("program.ts");
  expect(snapshot.functionHashes).toEqual({ "steps/f": inSources() });
  expect(await project.call(snapshot, "steps/f", 1)).toMatchObject({ code: inSources() });

  project.write("step.ts", "export const step = (x: number): number => x + 2;\n");
  const changed = await project.snapshot("program.ts");
  expect(changed.functionHashes["steps/f"]).not.toBe(snapshot.functionHashes["steps/f"]);
  expect(await project.call(changed, "steps/f", 1)).toMatchObject({ value: 3, code: inSources() });
});

test("a snapshot is a file for its user alone to read; the same sources give the same file, and in another folder too", async () => {
  using project = new Project({ "program.ts": program, "step.ts": STEP });
  using other = new Project({ "program.ts": program, "step.ts": STEP });
  const snapshot = await project.snapshot("program.ts");
  const { ino, mode } = statSync(snapshot.file);
  expect(mode & 0o7777).toBe(0o400);
  expect(await project.snapshot("program.ts")).toEqual(snapshot);
  expect(statSync(snapshot.file).ino).toBe(ino);
  expect(
    readdirSync(project.path("out/snapshots"))
      .map((name) => name.replace(/-[0-9a-f]{20}/, ""))
      .toSorted(),
  ).toEqual(["hyperion", "program.map", "program.mjs"]);
  const elsewhere = await other.snapshot("program.ts");
  expect(elsewhere.hash).toBe(snapshot.hash);
  expect(readFileSync(snapshot.file, "utf8")).not.toContain(project.path(""));
});

test("what runs a snapshot is beside it, for its user alone to read, and loads nothing but itself and what Node has built in", async () => {
  using project = new Project({ "program.ts": program, "step.ts": STEP });
  const { file, headProgram } = await project.snapshot("program.ts");
  const folder = dirname(headProgram);
  const names = readdirSync(folder);
  expect(names).toEqual(
    expect.arrayContaining([
      "agent-main.mjs",
      "end-abandoned-job-main.mjs",
      "head-main.mjs",
      "relay-main.mjs",
      "worker-main.mjs",
    ]),
  );
  expect(names.map((name) => statSync(join(folder, name)).mode & 0o7777)).toEqual(names.map(() => 0o400));
  const specifiers = [file, ...names.map((name) => join(folder, name))].flatMap((path) =>
    [...readFileSync(path, "utf8").matchAll(/^(?:import|export)\b[^"'();]*"([^"]+)";$|\bimport\("([^"]+)"\)/gm)]
      .flatMap(([, ...found]) => found.find((specifier) => specifier !== undefined) ?? [])
      .map((specifier) => (specifier.startsWith(".") ? resolve(dirname(path), specifier) : specifier)),
  );
  const foreign = specifiers.filter(
    (found) => !isBuiltin(found) && !names.some((name) => join(folder, name) === found),
  );
  // Words in a message, and a package with machine code.
  expect(foreign.filter((found) => !found.endsWith("/name.ts") && !found.includes("/cpu-features/"))).toEqual([]);
  expect(specifiers.length).toBeGreaterThan(names.length);
});

test("a snapshot in a folder that has two names is loaded by either", async () => {
  using project = new Project({ "program.ts": program, "step.ts": STEP });
  const { file, hash } = await project.snapshot("program.ts");
  symlinkSync("out", project.path("link"));
  const byLink = project.path(`link/snapshots/${basename(file)}`);
  expect(await project.call({ file: byLink, hash }, "steps/f", 1)).toMatchObject({ value: 2 });
  const { makeSnapshot } = await import("../../src/snapshot/index.ts");
  const options = { signal: new AbortController().signal };
  const again = await makeSnapshot(project.path("program.ts"), project.path("link/snapshots"), options);
  expect(again).toMatchObject({ file: byLink, hash });
});

test("a snapshot that is overwritten while its job runs stays what it was for new workers", async () => {
  using project = new Project({ "program.ts": program, "step.ts": STEP });
  const { file, hash } = await project.snapshot("program.ts");
  expect(await project.call({ file, hash }, "steps/f", 1, { first: "overwrite" })).toMatchObject({ value: 2 });
  expect(readFileSync(file, "utf8")).toBe("");
});

test("files that the reader has read before are taken as they were then", async () => {
  using project = new Project({ "program.ts": program, "step.ts": STEP });
  const reader = new CodeReader();
  reader.moduleFiles(pathToFileURL(project.path("program.ts")).href);
  project.write("step.ts", "export const step = () => 1000;\n");
  const { makeSnapshot } = await import("../../src/snapshot/index.ts");
  const snapshot = await makeSnapshot(project.path("program.ts"), project.path("out"), {
    signal: new AbortController().signal,
    reader,
  });
  expect(await project.call(snapshot, "steps/f", 1)).toMatchObject({ value: 2 });
});
