import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

const packageDirectory = join(import.meta.dirname, "..");
const readme = readFileSync(join(packageDirectory, "README.md"), "utf8");
const block = (language: string): string => new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, "s").exec(readme)?.[1] ?? "";

it("the README's example prints what the README says", () => {
  // From standard input, imports resolve from the working directory: the package finds itself by its own name.
  const options = { encoding: "utf8", input: block("ts"), cwd: packageDirectory } as const;
  expect(execFileSync(process.execPath, ["--input-type=module-typescript", "-"], options)).toBe(block("text"));
});
