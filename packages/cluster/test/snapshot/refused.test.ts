/** Snapshots that can't be made, and such as must not be run. */
import { execFile } from "node:child_process";
import {
  chmodSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { expect, test, vi } from "vitest";
import { loadSnapshot, makeSnapshot, SnapshotError } from "../../src/snapshot/index.ts";
import { moduleOf, Project } from "./project.ts";

const program = moduleOf("refused/f", "return x");
const rewrite = (file: string, text: string): void => {
  chmodSync(file, 0o600);
  writeFileSync(file, text);
};

test("a damaged snapshot is refused, and made anew by the next program", async () => {
  using project = new Project({ "program.ts": program });
  const { file, hash } = await project.snapshot("program.ts");
  rewrite(file, readFileSync(file, "utf8").slice(0, -10));
  await expect(loadSnapshot(file, hash)).rejects.toMatchObject({
    code: "snapshot-damaged",
    message: expect.stringMatching(/\.mjs has other contents than when it was made .*Start the program again/),
  });
  await project.snapshot("program.ts");
  expect(await project.call({ file, hash }, "refused/f", 1)).toMatchObject({ value: 1 });
});

test("a damaged file of what runs a snapshot is not run, and made anew by the next program", async () => {
  using project = new Project({ "program.ts": program });
  const { headProgram } = await project.snapshot("program.ts");
  const part = join(dirname(headProgram), "job.mjs");
  const whole = readFileSync(part, "utf8");
  rewrite(part, `process.stdout.write("was run");\n${whole}`);
  for (const name of ["head-main.mjs", "worker-main.mjs"])
    await expect(promisify(execFile)(process.execPath, [join(dirname(headProgram), name)])).rejects.toMatchObject({
      stdout: "",
      stderr: expect.stringMatching(/job\.mjs has other contents than when it was made.*Start the program again/),
    });
  await project.snapshot("program.ts");
  expect(readFileSync(part, "utf8")).toBe(whole);
});

test("a file that others may write to, a link, and a file that is gone are refused", async () => {
  using project = new Project({ "program.ts": program });
  const { file, hash } = await project.snapshot("program.ts");
  chmodSync(file, 0o620);
  await expect(loadSnapshot(file, hash)).rejects.toMatchObject({
    code: "snapshot-not-ours",
    message: expect.stringContaining("may be written to by others (mode 0620)"),
  });
  renameSync(file, `${file}.moved`);
  chmodSync(`${file}.moved`, 0o400);
  symlinkSync(`${file}.moved`, file);
  await expect(loadSnapshot(file, hash)).rejects.toMatchObject({ code: "snapshot-not-ours" });
  rmSync(file);
  await expect(loadSnapshot(file, hash)).rejects.toMatchObject({ code: "snapshot-unreadable" });
});

test.runIf(process.getuid?.() === 0)("a file of another user is refused", async () => {
  using project = new Project({ "program.ts": program });
  const { file, hash } = await project.snapshot("program.ts");
  const { chownSync } = await import("node:fs");
  chownSync(file, 12_345, 12_345);
  await expect(loadSnapshot(file, hash)).rejects.toMatchObject({
    code: "snapshot-not-ours",
    message: expect.stringContaining("belongs to user 12345"),
  });
});

test("a module that can't be understood, and one that is not there, are told with their places", async () => {
  using project = new Project({ "program.ts": "import './broken.ts';", "broken.ts": "\nconst a = ;" });
  await expect(project.snapshot("program.ts")).rejects.toMatchObject({
    code: "snapshot-failed",
    message: expect.stringMatching(/can't be put into one file.*program\.ts\).*broken\.ts:2/s),
  });
  await expect(project.snapshot("missing.ts")).rejects.toMatchObject({
    code: "snapshot-failed",
    message: expect.stringMatching(/its module .*missing\.ts is not found/),
  });
  await expect(project.snapshot()).rejects.toBeInstanceOf(SnapshotError);
});

test("an import that is missing is told when the snapshot is made, and fails where it is needed", async () => {
  using project = new Project({
    "program.ts": moduleOf("missing/f", 'return import("not-there").catch((error: any) => error.code)'),
  });
  const snapshot = await project.snapshot("program.ts");
  expect(snapshot.notices).toEqual([
    'program.ts imports "not-there", which was not found: it is no part of the snapshot',
  ]);
  expect(await project.call(snapshot, "missing/f")).toMatchObject({ value: "ERR_MODULE_NOT_FOUND" });
});

test("a bundler that can't do its work is told of, with what it said", async () => {
  using project = new Project({ "program.ts": program });
  vi.stubEnv("NODE_OPTIONS", "--require=/not-there.cjs");
  try {
    await expect(project.snapshot("program.ts")).rejects.toMatchObject({
      code: "snapshot-failed",
      message: expect.stringMatching(/bundler-main\.ts exited with code 1: .*not-there\.cjs.*limits of this machine/s),
    });
  } finally {
    vi.unstubAllEnvs();
  }
});

test("an aborted making rejects with the reason and leaves nothing behind", async () => {
  using project = new Project({ "program.ts": program });
  const controller = new AbortController();
  const making = makeSnapshot(project.path("program.ts"), project.path("out"), { signal: controller.signal });
  const reason = new Error("no more");
  setTimeout(() => controller.abort(reason), 50);
  await expect(making).rejects.toBe(reason);
  expect(existsSync(project.path("out")) ? readdirSync(project.path("out")) : []).toEqual([]);
});

test("where the file can't be written it is said why, and nothing is left", async () => {
  using project = new Project({ "program.ts": program, "out/snapshots/x": "" });
  const { file } = await project.snapshot("program.ts");
  rmSync(file);
  const before = readdirSync(project.path("out/snapshots"));
  project.write(`out/snapshots/${file.split("/").at(-1)}/in-the-way`, "");
  await expect(project.snapshot("program.ts")).rejects.toMatchObject({
    code: "snapshot-failed",
    message: expect.stringMatching(/can't be written to .*out\/snapshots: /),
  });
  expect(readdirSync(project.path("out/snapshots"))).toHaveLength(before.length + 1);
});
