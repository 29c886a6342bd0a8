import { join } from "node:path";
import { mkdtempDisposable, readFile, writeFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import { runCmdLocalAsync } from "../src/index.ts";
import { compileCache } from "./world.ts";

test("the README's example prints what the README says", async () => {
  const readme = await readFile(join(import.meta.dirname, "../README.md"), "utf8");
  const [, program = "", printed = ""] = /```ts\n(.*?)```.*?```\n(.*?)```/su.exec(readme) ?? [];
  await using folder = await mkdtempDisposable(join(import.meta.dirname, "readme-"));
  const file = join(folder.path, "example.ts");
  await writeFile(file, program);
  await using running = await runCmdLocalAsync({
    argv: ["env", "-C", folder.path, process.execPath, file],
    env: { NODE_COMPILE_CACHE: compileCache },
  });
  expect(running.stdout === undefined ? "" : await text(running.stdout)).toBe(printed);
  expect(await running.exited).toEqual({ code: 0, signal: null });
});
