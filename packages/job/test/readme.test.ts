import { execFile } from "node:child_process";
import { mkdtempDisposable, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";

test("the README's example prints what the README says, twice", async () => {
  const readme = await readFile(join(import.meta.dirname, "../README.md"), "utf8");
  const [, program = "", printed = ""] = /```ts\n(.*?)```.*?```text\n(.*?)```/su.exec(readme) ?? [];
  await using folder = await mkdtempDisposable(join(import.meta.dirname, "readme-"));
  await writeFile(join(folder.path, "example.ts"), program);
  const run = (): Promise<{ stdout: string }> =>
    promisify(execFile)(process.execPath, ["example.ts"], { cwd: folder.path });
  expect((await run()).stdout).toBe(printed);
  expect((await run()).stdout).toBe(printed);
});
