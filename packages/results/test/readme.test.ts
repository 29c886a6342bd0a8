import { execFileSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { temporaryFolder } from "./world.ts";

const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");

function firstBlock(language: string): string {
  const block = new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, "s").exec(readme)?.[1];
  if (block === undefined) throw new Error(`The README has no block of ${language}`);
  return block;
}

test("the README's example prints what it says, and computes nothing at its second run", () => {
  using folder = temporaryFolder();
  using files = new DisposableStack();
  // Inside the package, so that its own name and zod resolve.
  const program = fileURLToPath(new URL(`readme-example-${process.pid}.ts`, import.meta.url));
  files.defer(() => rmSync(program, { force: true }));
  writeFileSync(program, firstBlock("ts"));
  const run = (): string => execFileSync(process.execPath, [program], { cwd: folder.path, encoding: "utf8" });
  const [computing, ...rest] = firstBlock("text").split("\n");
  expect(run()).toBe([computing, ...rest].join("\n"));
  expect(run()).toContain(rest[0]);
  expect(run()).not.toContain(computing);
});
