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

test("what the repository's README shows of looking at results is a table of them, with keys and values, in the order in which they were written", async () => {
  const readme = await readFile(join(import.meta.dirname, "../../../README.md"), "utf8");
  const [program = "", look = ""] = [...readme.matchAll(/```ts\n(.*?)```/gsu)].map(([, block]) => block ?? "");
  await using folder = await mkdtempDisposable(join(import.meta.dirname, "readme-"));
  const files = {
    "roots.ts": program,
    "look.ts": look,
    "spread.ts": look.replace(/\.map\(.*\)\);/u, ".map(([key, value]) => ({ ...key, ...value })));"),
  };
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder.path, name), text);
  const run = async (file: string): Promise<string> =>
    (await promisify(execFile)(process.execPath, [file], { cwd: folder.path })).stdout;
  await run("roots.ts");
  const rowsOf = (table: string): readonly (readonly string[])[] =>
    table
      .split("\n")
      .filter((line) => line.startsWith("│"))
      .map((line) =>
        line
          .split("│")
          .slice(2, -1)
          .map((cell) => cell.trim()),
      );
  const [head, ...rows] = rowsOf(await run("look.ts"));
  expect([head, rows.map(([x]) => Number(x)).toSorted((a, b) => a - b), rows.map(([, eps]) => eps)]).toEqual([
    ["x", "eps", "low", "high"],
    [2, 3, 5],
    ["0.0001", "0.0001", "0.0001"],
  ]);
  expect(rowsOf(await run("spread.ts")).map((row) => row.toSorted())).toEqual([
    ["0", "1", "eps", "x"],
    ...rows.map((row) => row.toSorted()),
  ]);
});
