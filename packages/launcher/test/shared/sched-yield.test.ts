import { execFileSync, spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { schedYield } from "../../src/shared/sched-yield.ts";

const module = join(import.meta.dirname, "../../src/shared/sched-yield.ts");

test("the CPU can be yielded", () => {
  expect(schedYield()?.()).toBe(0);
});

test("nobody is warned of it, and later warnings are heard", () => {
  const program = `const { schedYield } = await import(${JSON.stringify(module)}); schedYield()(); process.emitWarning("heard");`;
  const { stderr, status } = spawnSync(process.execPath, ["--input-type=module", "--eval", program], {
    encoding: "utf8",
  });
  expect(status).toBe(0);
  expect(stderr).toContain("heard");
  expect(stderr).not.toContain("WASI");
});

test("a Node that may not offer it is lived with", () => {
  const program = `const { schedYield } = await import(${JSON.stringify(module)}); console.log(schedYield());`;
  expect(
    execFileSync(process.execPath, ["--permission", "--allow-fs-read=*", "--input-type=module", "--eval", program], {
      encoding: "utf8",
    }).trim(),
  ).toBe("null");
});
