import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

it("the README's example prints what the README says", () => {
  const packageDirectory = join(import.meta.dirname, "..");
  const readme = readFileSync(join(packageDirectory, "README.md"), "utf8");
  const [, program = "", printed = ""] = /```ts\n(.*?)```.*?```text\n(.*?)```/su.exec(readme) ?? [];
  // From standard input, imports resolve from the working directory: the package finds itself by its own name.
  const options = { encoding: "utf8", input: program, cwd: packageDirectory, timeout: 20_000 } as const;
  expect(execFileSync(process.execPath, ["--input-type=module-typescript", "-"], options)).toBe(printed);
});
