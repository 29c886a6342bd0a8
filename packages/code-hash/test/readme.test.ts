import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { runProgram } from "./run-program.ts";

it("the README's example prints what the README says", async () => {
  const readme = await readFile(join(import.meta.dirname, "../README.md"), "utf8");
  const [, program = "", printed = ""] = /```ts\n(.*?)```.*?```text\n(.*?)```/su.exec(readme) ?? [];
  expect(await runProgram(program)).toBe(printed);
});
