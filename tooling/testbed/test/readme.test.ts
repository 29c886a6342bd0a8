import { execFile } from "node:child_process";
import { mkdtempDisposable, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { describeOnTestbed } from "../src/index.ts";

describeOnTestbed(describe)("the README", () => {
  it("has an example that prints what the README says", async () => {
    const readme = await readFile(join(import.meta.dirname, "../README.md"), "utf8");
    const [, program = "", printed = ""] = /```ts\n(.*?)```.*?```text\n(.*?)```/su.exec(readme) ?? [];
    await using folder = await mkdtempDisposable(join(import.meta.dirname, "readme-"));
    await writeFile(join(folder.path, "example.ts"), program);
    const { stdout } = await promisify(execFile)(process.execPath, ["example.ts"], { cwd: folder.path });
    expect(stdout).toBe(printed);
  });
});
