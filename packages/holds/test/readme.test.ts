import { execFileSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { TestFolder } from "./world.ts";

const readme = readFileSync(join(import.meta.dirname, "../README.md"), "utf8");
const block = (language: string): string => new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, "s").exec(readme)?.[1] ?? "";

test("the README's example prints what the README says", () => {
  using folder = new TestFolder();
  using files = new DisposableStack();
  // Inside the package, so that its own name resolves.
  const program = join(import.meta.dirname, `readme-example-${process.pid}.ts`);
  files.defer(() => rmSync(program, { force: true }));
  writeFileSync(program, block("ts"));
  expect(execFileSync(process.execPath, [program], { cwd: folder.path, encoding: "utf8" })).toBe(block("text"));
});
